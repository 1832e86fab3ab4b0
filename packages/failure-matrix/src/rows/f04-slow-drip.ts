import type { FailureRow } from "../row.ts";
import { MODEL_LANES, closes, faked, scripted, shell } from "./make-way.ts";

/** Backend never falls silent and never ends. */
export const f04SlowDrip: FailureRow = {
  id: "F04",
  title: "Backend never falls silent and never ends",
  cause:
    "Something keeps arriving, so the idle limit never strikes: only the total limit can end the trial. A closure of TIMEOUT_IDLE would name the wrong limit.",
  requirements: ["R36"],
  ways: [
    scripted(
      MODEL_LANES,
      Array.from({ length: 11 }, () => shell("sleep 2")),
      closes("TIMEOUT_TOTAL"),
      { profile: "hurried" },
    ),
    faked([{ do: "fake-drip", everyMs: 300 }], closes("TIMEOUT_TOTAL"), { profile: "hurried" }),
  ],
  undrivable: [],
};
