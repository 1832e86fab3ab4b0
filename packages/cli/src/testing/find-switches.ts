import { readFileSync } from "node:fs";

/** Keys that say whether something is on, and the one value with which they turn nothing on. */
const OFF: Readonly<Record<string, unknown>> = { enabledByDefault: false, activation: "none" };
/** Names under which something else could be turned on. */
const SWITCH = /^(?:enabled?|active|activated?|activates|default|isdefault|defaultlane|switch(?:ed)?on)$/i;

/**
 * Places in a file at which a candidate is turned on, as JSON pointers: every document and line of JSON is looked through,
 * signed payloads too. A file that holds no JSON has none.
 */
export function switchesIn(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const whole = parsed(text);
  const documents = whole === undefined ? text.split("\n").map(parsed) : [whole];
  return documents.flatMap((document) => switchesOf(document, ""));
}

function switchesOf(value: unknown, at: string): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const here = `${at}/${key}`;
    if (Object.hasOwn(OFF, key)) return inner === OFF[key] ? [] : [here];
    if (!Array.isArray(value) && SWITCH.test(key) && inner !== false) return [here];
    const payload =
      key === "payload" && typeof inner === "string"
        ? parsed(Buffer.from(inner, "base64").toString("utf8"))
        : undefined;
    return switchesOf(payload ?? inner, here);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
