import type { FailureRow } from "../row.ts";
import { DONE, FIX, caseResult, closes, faked, print, scripted } from "./make-way.ts";

/** Evaluator gives up and the backend goes on. */
export const f46EvaluatorExhausted: FailureRow = {
  id: "F46",
  title: "Evaluator gives up and the backend goes on",
  cause:
    "The budget of revisions is used up, the evaluator was never satisfied, and the backend goes on to the end with a warning and exit 0, although the oracle may even pass.",
  requirements: ["R36"],
  ways: [
    // Only Case has an evaluator: each time it looks it is not content, until no cycle is left.
    scripted(["case"], [FIX, DONE], closes("EVALUATOR_UNSATISFIED"), {
      roles: [
        {
          role: "verifier",
          steps: [
            caseResult({
              rubric: {
                role: "verifier",
                categories: [{ category: "edge-cases", verdict: "fail", detail: "not checked" }],
              },
            }),
          ],
        },
      ],
    }),
    faked(
      [FIX, print('{"v":1,"kind":"review","by":"evaluator","verdict":"exhausted","critical":0}\n'), DONE],
      closes("EVALUATOR_UNSATISFIED"),
    ),
  ],
  undrivable: [
    {
      lane: "codex",
      why: "Codex runs in one phase without an evaluator of its own; its stream has no record that could say so.",
    },
    {
      lane: "pi",
      why: "Pi runs in one phase without an evaluator of its own; its stream has no record that could say so.",
    },
  ],
};
