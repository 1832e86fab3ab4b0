import type { TSchema } from "typebox";
import { EVENT_SCHEMAS, EVENT_TYPES, type EventType } from "./event.ts";

/** A string as JSON.stringify writes it; the lengths of runs, not of the string, bound the matcher's stack. */
const STRING = String.raw`"[^"\\\x00-\x1f\ud800-\udfff]*(?:\\(?:["\\bfnrt]|u00(?:0[0-7bef]|1[0-9a-f]))[^"\\\x00-\x1f\ud800-\udfff]*)*"`;
/** A count that no double changes: 15 digits at most. Longer ones take the slow road. */
const COUNT = "(?:0|[1-9][0-9]{0,14})";
const SCALAR = `(?:${STRING}|${COUNT}|null|true|false)`;

/** Longest line that is matched at all: beyond it the round trip costs little in proportion. */
const MAX_MATCHED = 65_536;

/** One pattern per event type; a line that fits is canonical JSON, one that does not fit may still be. */
const PATTERNS: ReadonlyMap<EventType, RegExp> = new Map(
  EVENT_TYPES.map((type) => [type, new RegExp(`^${patternOf(EVENT_SCHEMAS[type])}$`)]),
);

/**
 * True only if `text` is canonical JSON with exactly the keys of this event type in the writer's order. False says
 * nothing: another key order, a float or a surrogate pair may be canonical too, and the round trip decides.
 * Why it is exact: every token is matched in the one form JSON.stringify writes, the keys are literal, and so there
 * is no duplicate, no index-like key to move forward, no `__proto__`; a lone surrogate fits no string.
 */
export function isCanonicalLine(type: EventType, text: string): boolean {
  return text.length <= MAX_MATCHED && (PATTERNS.get(type)?.test(text) ?? false);
}

function patternOf(schema: TSchema): string {
  if ("properties" in schema && typeof schema.properties === "object" && schema.properties !== null) {
    const required = "required" in schema && Array.isArray(schema.required) ? schema.required : [];
    const members = Object.entries<TSchema>({ ...schema.properties }).map(([key, member], at) => {
      // No object of the log begins with a member that may be left out.
      const text = `${at === 0 ? "" : ","}"${escaped(key)}":${patternOf(member)}`;
      return required.includes(key) ? text : `(?:${text})?`;
    });
    return String.raw`\{${members.join("")}\}`;
  }
  if ("const" in schema && typeof schema.const === "string") return `"${escaped(schema.const)}"`;
  if ("anyOf" in schema && Array.isArray(schema.anyOf)) {
    const branches: readonly TSchema[] = schema.anyOf;
    return `(?:${branches.map(patternOf).join("|")})`;
  }
  switch ("type" in schema ? schema.type : null) {
    case "string":
      return STRING;
    case "integer":
      return COUNT;
    case "boolean":
      return "(?:true|false)";
    case "null":
      return "null";
    case "array":
      return String.raw`\[(?:${SCALAR}(?:,${SCALAR})*)?\]`;
    default:
      return SCALAR;
  }
}

function escaped(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
