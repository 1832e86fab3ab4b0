/** A parsed JSON object, of which nothing is known yet. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Whether a parsed value is an object and no array. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Parses one text; null when it is no JSON object. */
export function parseRecord(text: string): JsonRecord | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** A property of the object itself, never of its prototype. */
export function field(record: JsonRecord, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** A text property, or the empty text. */
export function textField(record: JsonRecord, key: string): string {
  const value = field(record, key);
  return typeof value === "string" ? value : "";
}

/** An object property, or an empty object. */
export function recordField(record: JsonRecord, key: string): JsonRecord {
  const value = field(record, key);
  return isRecord(value) ? value : {};
}

/** A list property, or an empty list. */
export function listField(record: JsonRecord, key: string): readonly unknown[] {
  const value = field(record, key);
  return Array.isArray(value) ? value : [];
}

/** The objects of a list property; empty when it is no list. */
export function recordsField(record: JsonRecord, key: string): readonly JsonRecord[] {
  return listField(record, key).filter(isRecord);
}

/** A count property (integer from 0 to 2^53 - 1), or 0. */
export function countField(record: JsonRecord, key: string): number {
  const value = field(record, key);
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}

/** An exit code as an event may hold it: null when there is none or it is out of range. */
export function exitCodeOf(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 4_294_967_295
    ? value
    : null;
}

/** JSON text of a parsed value; empty when it is nested too deep to write. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "";
  }
}
