import type { FailureRow } from "../row.ts";
import { DONE, FIX, MODEL_LANES, closes, faked, scripted, shell, wrapped } from "./make-way.ts";

/** Backend never falls silent and never ends. */
export const f04SlowDrip: FailureRow = {
  id: "F04",
  title: "Backend never falls silent and never ends",
  cause:
    "Something keeps arriving, so the idle limit never strikes: only the total limit can end the trial. A closure of TIMEOUT_IDLE would name the wrong limit, whether it is the process that drips or a model that always has one more small thing to do.",
  requirements: ["R36"],
  ways: [
    // Not by commands for Codex: killed inside one it leaves the mount points of its sandbox in the tree, which is a row's own business.
    wrapped(MODEL_LANES, "while :; do echo drop; sleep 0.3; done", closes("TIMEOUT_TOTAL"), [FIX, DONE], {
      profile: "hurried",
    }),
    scripted(
      ["case", "pi"],
      Array.from({ length: 20 }, () => shell("sleep 1")),
      closes("TIMEOUT_TOTAL"),
      { profile: "hurried" },
    ),
    faked([{ do: "fake-drip", everyMs: 300 }], closes("TIMEOUT_TOTAL"), { profile: "hurried" }),
  ],
  undrivable: [],
};
