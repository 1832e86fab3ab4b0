import { KnownShapes } from "@stage6/lane-contract";
import table from "./known-shapes.json" with { type: "json" };

/** Shapes of the records that the tested versions print. */
export const SHAPES = new KnownShapes<"events" | "items" | "calls">(table);
