import { field, isRecord, type JsonRecord } from "./read-json.ts";

/**
 * Shape of a record as data. A string is a list of alternatives joined by `|`: `string`, `boolean`, `integer`, `count`
 * (integer from 0), `null`, `list`, `object`, `any` (anything but absent), `absent`, or `=literal`; an object lists
 * required fields (others are allowed); a list holds the one shape that each of its elements has.
 */
export type Shape = string | readonly [Shape] | { readonly [field: string]: Shape };

function kindOf(value: unknown): string {
  if (value === undefined) return "absent";
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
}

function matchesToken(value: unknown, token: string): boolean {
  switch (token) {
    case "any":
      return value !== undefined;
    case "integer":
      return typeof value === "number" && Number.isSafeInteger(value);
    case "count":
      return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
    default:
      return token.startsWith("=")
        ? ["string", "boolean", "number"].includes(typeof value) && String(value) === token.slice(1)
        : kindOf(value) === token;
  }
}

/**
 * First place of a value that does not have the shape, as `<JSON pointer>: expected <shape>, found <kind>`; null when it
 * fits. The table of shapes is data of the lane, so what is no shape asks for nothing.
 */
export function findMisfit(value: unknown, shape: unknown, pointer = ""): string | null {
  const at = pointer === "" ? "/" : pointer;
  if (typeof shape === "string") {
    if (shape.split("|").some((token) => matchesToken(value, token))) return null;
    return `${at}: expected ${shape}, found ${kindOf(value)}`;
  }
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return `${at}: expected list, found ${kindOf(value)}`;
    return firstMisfit(value.entries(), () => shape[0], pointer);
  }
  if (!isRecord(shape)) return null;
  if (!isRecord(value)) return `${at}: expected object, found ${kindOf(value)}`;
  const wanted = Object.keys(shape).map((key) => [key, field(value, key)] as const);
  return firstMisfit(wanted, (key) => shape[key], pointer);
}

function firstMisfit<K extends string | number>(
  values: Iterable<readonly [K, unknown]>,
  shapeOf: (key: K) => unknown,
  pointer: string,
): string | null {
  for (const [key, value] of values) {
    const found = findMisfit(value, shapeOf(key), `${pointer}/${key}`);
    if (found !== null) return found;
  }
  return null;
}

/** What a lane knows of the records of its backend: shapes by family and type. */
export class KnownShapes<Family extends string> {
  readonly #families: Readonly<Record<Family, JsonRecord>>;

  constructor(families: Readonly<Record<Family, JsonRecord>>) {
    this.#families = families;
  }

  /** Whether a type is known at all. */
  has(family: Family, type: string): boolean {
    return Object.hasOwn(this.#families[family], type);
  }

  /** First field of a record of a known type that no tested version prints that way, with what was expected; null when it fits. */
  findDrift(family: Family, type: string, record: JsonRecord): string | null {
    return findMisfit(record, field(this.#families[family], type));
  }
}
