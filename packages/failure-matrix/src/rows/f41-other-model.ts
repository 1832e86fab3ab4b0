import type { FailureRow } from "../row.ts";
import { FAKE_ASKS_NO_MODEL, MODEL_LANES, closes, wrapped } from "./make-way.ts";

/** Backend asks for another model. */
export const f41OtherModel: FailureRow = {
  id: "F41",
  title: "Backend asks for another model",
  cause:
    "A request names another model than the plan. Lanes that ran on different models cannot be compared, and a backend must not choose its own.",
  requirements: ["R20"],
  ways: [
    wrapped(
      MODEL_LANES,
      'node -e \'fetch(process.env.STAGE6_GATEWAY + "/v1/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, body: process.argv[1] }).then((r) => r.text())\' \'{"model":"another-model","messages":[{"role":"user","content":"hello"}]}\'; exec "$@"',
      closes("MODEL_MISMATCH"),
    ),
  ],
  undrivable: [FAKE_ASKS_NO_MODEL],
};
