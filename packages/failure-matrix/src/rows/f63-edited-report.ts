import type { FailureRow } from "../row.ts";
import { spoiled } from "./make-way.ts";

/** Report does not follow from the events. */
export const f63EditedReport: FailureRow = {
  id: "F63",
  title: "Report does not follow from the events",
  cause:
    "The derived report of a bundle is edited. It is recomputed from events and observation at every reading, so that no reader ever has to believe it.",
  requirements: ["R23", "R33"],
  ways: [
    spoiled(["REPORT_DIVERGED"], {
      op: "replace",
      file: "report.json",
      from: '"outcome":"completed"',
      to: '"outcome":"failed"',
    }),
  ],
  undrivable: [],
};
