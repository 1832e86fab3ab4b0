import table from "./known-shapes.json" with { type: "json" };
import { field, isRecord, type JsonRecord } from "./read-json.ts";

/** Which family of the table a record belongs to. */
export type Family = "events" | "messages" | "guard";

const families: Readonly<Record<Family, JsonRecord>> = table;
const unused: ReadonlySet<string> = new Set(table.unused);

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

function misfit(value: unknown, shape: unknown, pointer: string): string | null {
  if (typeof shape === "string") {
    if (shape.split("|").some((token) => matchesToken(value, token))) return null;
    return `${pointer}: expected ${shape}, found ${kindOf(value)}`;
  }
  if (!isRecord(shape)) return null;
  if (!isRecord(value)) return `${pointer}: expected object, found ${kindOf(value)}`;
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

/** Whether an event type is known and says nothing that an event of the log would hold: it stays in the raw artifact alone. */
export function isUnused(type: string): boolean {
  return unused.has(type);
}

/** First field of a record of a known type that no tested version prints that way, with what was expected; null when it fits. */
export function findDrift(family: Family, type: string, record: JsonRecord): string | null {
  return misfit(record, field(families[family], type), "");
}
