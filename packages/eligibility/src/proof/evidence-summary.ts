import { boundsText, BoundsSummary, type Comparison } from "@stage6/comparator";
import { Count, Id } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { closed } from "../schema-parts.ts";

/** What somebody who signs has to have seen of the evidence: bounds, open actions, tasks done and attempts that left no bundle. */
export const EvidenceSummary = closed(
  {
    bounds: BoundsSummary,
    tasks: Type.Array(
      closed({ lane: Id, done: Count, of: Count }, "Trials of a lane whose oracle passed, of all planned."),
      { maxItems: 64, description: "Tasks done by each lane; part of no verdict." },
    ),
    lostAttempts: Count,
  },
  "What stands behind the verdict and is part of no dimension.",
);
/** What somebody who signs has to have seen of the evidence. */
export type EvidenceSummary = Static<typeof EvidenceSummary>;

/** The summary of a comparison; `lostAttempts` counts announced attempts of its plan that left no bundle. */
export function summarizeEvidence({ bounds, lanes }: Comparison, lostAttempts: number): EvidenceSummary {
  return {
    bounds,
    tasks: lanes.map(({ lane, oracle, trials }) => ({ lane, done: oracle.passed, of: trials.planned })),
    lostAttempts,
  };
}

/** The summary for a reader, one line for each part. */
export function renderSummary({ bounds, tasks, lostAttempts }: EvidenceSummary): string[] {
  return [
    `bounds: ${boundsText(bounds)}`,
    `tasks done, part of no verdict: ${tasks.map(({ lane, done, of }) => `${lane} ${done} of ${of}`).join(", ")}`,
    `attempts that were announced and left no bundle: ${lostAttempts}`,
  ];
}
