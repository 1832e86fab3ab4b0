import type { FailureRow } from "../row.ts";
import { FAKE_ASKS_NO_MODEL, MODEL_LANES, closes, scripted } from "./make-way.ts";

/** Model endpoint refuses the key. */
export const f40AuthFailure: FailureRow = {
  id: "F40",
  title: "Model endpoint refuses the key",
  cause: "The endpoint answers 401. The trial says nothing about the lane, and no key may appear in its log.",
  requirements: ["R36"],
  ways: [scripted(MODEL_LANES, [{ do: "fault-status", status: 401 }], closes("AUTH_FAILURE"))],
  undrivable: [FAKE_ASKS_NO_MODEL],
};
