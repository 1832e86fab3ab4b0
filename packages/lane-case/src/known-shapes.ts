import { findMisfit, type JsonRecord, KnownShapes } from "@stage6/lane-contract";
import table from "./known-shapes.json" with { type: "json" };

/** Shapes of every event that a tested version of Case writes. */
export const SHAPES = new KnownShapes({ events: table.events });

/** First field that every event has, and this one does not have in the known form; null when it fits. */
export function findCommonDrift(record: JsonRecord): string | null {
  return findMisfit(record, table.common);
}
