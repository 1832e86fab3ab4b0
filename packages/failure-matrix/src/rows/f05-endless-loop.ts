import type { FailureRow } from "../row.ts";
import { DONE, MODEL_LANES, closes, faked, scripted, shell } from "./make-way.ts";

/** Endless tool loop. */
export const f05EndlessLoop: FailureRow = {
  id: "F05",
  title: "Endless tool loop",
  cause:
    "The model asks for one more tool call for ever. Codex alone made 41 requests in 8 seconds and has no cap of its own; the harness counts requests at the gateway, and bounds a lane without a model by time.",
  requirements: ["R36"],
  ways: [
    scripted(
      MODEL_LANES,
      [...Array.from({ length: 40 }, () => shell("true")), DONE],
      closes("REQUEST_LIMIT"),
    ),
    faked(
      Array.from({ length: 60 }, () => shell("sleep 0.3")),
      closes("TIMEOUT_TOTAL"),
      { profile: "hurried" },
    ),
  ],
  undrivable: [],
};
