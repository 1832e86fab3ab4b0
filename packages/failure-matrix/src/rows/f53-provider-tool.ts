import type { FailureRow } from "../row.ts";
import { FAKE_ASKS_NO_MODEL, MODEL_LANES, closes, wrapped } from "./make-way.ts";

/** Provider-side tool is offered to the model. */
export const f53ProviderTool: FailureRow = {
  id: "F53",
  title: "Provider-side tool is offered to the model",
  cause:
    "A request offers the model a tool that the provider runs itself, a web search say. It acts outside of all bounds, where nothing can be seen or stopped.",
  requirements: ["R20"],
  ways: [
    wrapped(
      MODEL_LANES,
      'node -e \'fetch(process.env.STAGE6_GATEWAY + "/v1/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, body: process.argv[1] }).then((r) => r.text())\' \'{"model":"stage6-scripted","messages":[{"role":"user","content":"hello"}],"tools":[{"type":"web_search"}]}\'; exec "$@"',
      closes("PROVIDER_TOOL"),
    ),
  ],
  undrivable: [FAKE_ASKS_NO_MODEL],
};
