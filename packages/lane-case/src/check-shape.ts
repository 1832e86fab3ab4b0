import table from "./known-shapes.json" with { type: "json" };
import { field, isRecord, type JsonRecord } from "./read-json.ts";

const events: JsonRecord = table.events;

function kindOf(value: unknown): string {
  if (value === undefined) return "absent";
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  return typeof value;
}

function matchesToken(value: unknown, token: string): boolean {
  if (token.startsWith("=")) return kindOf(value) !== "object" && String(value) === token.slice(1);
  if (token === "count") return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
  return kindOf(value) === token;
}

function misfit(record: JsonRecord, shape: unknown): string | null {
  if (!isRecord(shape)) return null;
  for (const key of Object.keys(shape)) {
    const [value, expected] = [field(record, key), shape[key]];
    if (typeof expected === "string" && !expected.split("|").some((token) => matchesToken(value, token)))
      return `/${key}: expected ${expected}, found ${kindOf(value)}`;
  }
  return null;
}

/** Whether the table knows a type of event. */
export function isKnown(type: string): boolean {
  return Object.hasOwn(events, type);
}

/** First field that every event has, and this one does not have in the known form; null when it fits. */
export function findCommonDrift(record: JsonRecord): string | null {
  return misfit(record, table.common);
}

/** First field of an event of a known type that no tested version prints that way, with what was expected; null when it fits. */
export function findDrift(type: string, record: JsonRecord): string | null {
  return misfit(record, field(events, type));
}
