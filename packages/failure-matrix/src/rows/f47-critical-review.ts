import type { FailureRow } from "../row.ts";
import { DONE, FIX, caseResult, closes, faked, print, scripted } from "./make-way.ts";

/** Review finds critical faults and the backend goes on. */
export const f47CriticalReview: FailureRow = {
  id: "F47",
  title: "Review finds critical faults and the backend goes on",
  cause:
    "The reviewer reports critical findings, and the backend pushes and opens a pull request all the same. The rejection closes the trial, whatever comes after it.",
  requirements: ["R36"],
  ways: [
    scripted(["case"], [FIX, DONE], closes("REVIEW_REJECTED"), {
      roles: [
        {
          role: "reviewer",
          steps: [caseResult({ findings: { critical: 2, warnings: 0, info: 0, details: [] } })],
        },
      ],
    }),
    faked(
      [FIX, print('{"v":1,"kind":"review","by":"reviewer","verdict":"rejected","critical":2}\n'), DONE],
      closes("REVIEW_REJECTED"),
    ),
  ],
  undrivable: [
    {
      lane: "codex",
      why: "Codex runs in one phase without a reviewer of its own; its stream has no record that could say so.",
    },
    {
      lane: "pi",
      why: "Pi runs in one phase without a reviewer of its own; its stream has no record that could say so.",
    },
  ],
};
