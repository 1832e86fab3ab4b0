import type { BoundsRequest } from "@stage6/evidence-interface";
import { InvalidArgumentError } from "commander";
import { LANE_IDS } from "./lane-catalog.ts";

const ISO_TIME =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})$/;

/** Names separated by commas, each once. */
export function parseNames(text: string): string[] {
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) throw new InvalidArgumentError("Names separated by commas are expected.");
  return [...new Set(names)];
}

/** Bounds as they are asked for. */
export function parseBounds(text: string): BoundsRequest {
  if (text === "strict" || text === "default" || text === "auto") return text;
  throw new InvalidArgumentError("The bounds are strict, default and auto.");
}

/** A path that is not empty. */
export function parsePath(text: string): string {
  if (text === "") throw new InvalidArgumentError("A path is expected.");
  return text;
}

/** One lane of the catalog. */
export function parseLane(text: string): string {
  if (!LANE_IDS.includes(text)) throw new InvalidArgumentError(`The lanes are ${LANE_IDS.join(", ")}.`);
  return text;
}

/** Lanes of the catalog separated by commas. */
export function parseLanes(text: string): string[] {
  return parseNames(text).map(parseLane);
}

/** A whole number of at least 1 and at most `max`. */
export function parseCount(max: number): (text: string) => number {
  return (text) => {
    const value = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
    if (value < 1 || value > max)
      throw new InvalidArgumentError(`A whole number from 1 to ${max} is expected.`);
    return value;
  };
}

/** An ISO 8601 time with a zone, in milliseconds since 1970. */
export function parseTime(text: string): number {
  const time = ISO_TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new InvalidArgumentError("A time like 2026-01-31T12:00:00Z is expected.");
  return time;
}
