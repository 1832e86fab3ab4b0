import { KnownShapes } from "@stage6/lane-contract";
import table from "./known-shapes.json" with { type: "json" };

/** Shapes of the records that the tested versions print. */
export const SHAPES = new KnownShapes<"events" | "messages" | "guard">(table);

const unused: ReadonlySet<string> = new Set(table.unused);

/** Whether an event type is known and says nothing that an event of the log would hold: it stays in the raw artifact alone. */
export function isUnused(type: string): boolean {
  return unused.has(type);
}
