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

/** The objects of a list property; empty when it is no list. */
export function recordsField(record: JsonRecord, key: string): readonly JsonRecord[] {
  const value = field(record, key);
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** A count property (integer from 0 to 2^53 - 1), or 0. */
export function countField(record: JsonRecord, key: string): number {
  const value = field(record, key);
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}

/** A list property, or an empty list. */
export function listField(record: JsonRecord, key: string): readonly unknown[] {
  const value = field(record, key);
  return Array.isArray(value) ? value : [];
}
