import { oneOf } from "@stage6/evidence-interface";

/** The five dimensions of a comparison, in the order they are shown; none is traded off against another. */
export const DIMENSIONS = [
  "report-shape",
  "event-validity",
  "allowed-paths",
  "failure-closure",
  "artifact-completeness",
] as const;

/** Schema of one dimension name. */
export const Dimension = oneOf(DIMENSIONS, "One of the five dimensions.");

/** One of the five dimensions. */
export type Dimension = (typeof DIMENSIONS)[number];
