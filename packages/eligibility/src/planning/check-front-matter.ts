import type { FrontMatter } from "./front-matter.ts";
import type { PlanningCode, PlanningFinding } from "./planning-finding.ts";

/** Keys that every planning artifact carries. */
const KEYS = [
  "name",
  "tier",
  "status",
  "owner",
  "source",
  "created",
  "last_reviewed",
  "lifecycle_classification",
  "core_promotion_status",
  "description",
] as const;

/** What local planning may say of itself; anything else claims authority. `scope` may be left out. */
const AUTHORITY: readonly { readonly key: string; readonly value: string; readonly optional?: true }[] = [
  { key: "tier", value: "local" },
  { key: "core_promotion_status", value: "not-promoted" },
  { key: "lifecycle_classification", value: "planning" },
  { key: "scope", value: "child-local", optional: true },
];

const NAME = /^[a-z0-9][a-z0-9._-]{0,127}$/;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/** Holds front matter to its keys, its dates and to the authority of local planning. */
export function checkFrontMatter(file: string, { values, findings }: FrontMatter): PlanningFinding[] {
  const found = [...findings];
  const add = (code: PlanningCode, key: string, expected: string): void => {
    const one = values.get(key);
    found.push({
      code,
      file,
      line: one?.line ?? 1,
      found: one === undefined ? null : `${key}: ${one.value}`,
      expected,
    });
  };
  for (const { key, value, optional } of AUTHORITY) {
    const actual = values.get(key)?.value;
    if (actual !== value && !(optional === true && actual === undefined))
      add("PLANNING_AUTHORITY_DRIFT", key, `${key}: ${value}`);
  }
  for (const key of KEYS) {
    if (AUTHORITY.some((one) => one.key === key)) continue;
    const value = values.get(key)?.value ?? "";
    if (value === "") add("PLANNING_FRONT_MATTER", key, `a value for ${key}`);
    else if (key === "name" && !NAME.test(value))
      add("PLANNING_FRONT_MATTER", key, "a name of small letters, digits, dots and dashes");
    else if ((key === "created" || key === "last_reviewed") && !isDay(value))
      add("PLANNING_FRONT_MATTER", key, "a day as YYYY-MM-DD");
  }
  return found;
}

function isDay(text: string): boolean {
  if (!DAY.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00.000Z`);
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(text);
}
