import { field, isRecord, type JsonRecord } from "./read-json.ts";
import table from "./known-shapes.json" with { type: "json" };

/** Which family of the table a record belongs to. */
export type Family = "events" | "items" | "calls";

const families: Readonly<Record<Family, JsonRecord>> = table;

function matchesToken(value: unknown, token: string): boolean {
  switch (token) {
    case "any":
      return value !== undefined;
    case "absent":
      return value === undefined;
    case "null":
      return value === null;
    case "string":
      return typeof value === "string";
    case "integer":
      return typeof value === "number" && Number.isSafeInteger(value);
    case "count":
      return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
    default:
      return (
        token.startsWith("=") &&
        String(value) === token.slice(1) &&
        (typeof value === "string" || typeof value === "boolean")
      );
  }
}

function misfit(value: unknown, shape: unknown, pointer: string): string | null {
  if (typeof shape === "string") {
    if (shape.split("|").some((token) => matchesToken(value, token))) return null;
    return `${pointer}: expected ${shape}, found ${value === undefined ? "nothing" : value === null ? "null" : Array.isArray(value) ? "array" : typeof value}`;
  }
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return `${pointer}: expected an array`;
    for (const [index, element] of value.entries()) {
      const found = misfit(element, shape[0], `${pointer}/${index}`);
      if (found !== null) return found;
    }
    return null;
  }
  if (!isRecord(shape)) return null;
  if (!isRecord(value)) return `${pointer === "" ? "/" : pointer}: expected an object`;
  for (const key of Object.keys(shape)) {
    const found = misfit(field(value, key), shape[key], `${pointer}/${key}`);
    if (found !== null) return found;
  }
  return null;
}

/** Whether the table knows a type at all. */
export function isKnown(family: Family, type: string): boolean {
  return Object.hasOwn(families[family], type);
}

/** First field of a record of a known type that no tested version prints that way, with what was expected; null when it fits. */
export function findDrift(family: Family, type: string, record: JsonRecord): string | null {
  return misfit(record, field(families[family], type), "");
}
