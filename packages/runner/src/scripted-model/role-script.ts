import type { LaneRoles, Script } from "@stage6/lane-contract";
import { DEFAULT_SCRIPT } from "./script-course.ts";

/** The script that a request meets, and how an answer of it is put. */
export interface RoleScript {
  /** Identifies the part of the script; the same for every request that meets it. */
  readonly part: string;
  readonly script: Script;
  readonly answer: (text: string) => string;
}

const asItIs = (text: string): string => text;

/** Chooses the part of a script for a request by its system text. A backend without roles has one part; so has a role that is not known. */
export const roleScript = (
  script: Script | null,
  roles: LaneRoles | undefined,
  system: string,
): RoleScript => {
  const whole = script ?? DEFAULT_SCRIPT;
  if (roles === undefined) return { part: "", script: whole, answer: asItIs };
  const role = roles.of(system) ?? roles.main;
  const own =
    whole.roles?.find((one) => one.role === role)?.steps ??
    (role === roles.main ? undefined : roles.steps[role]);
  if (own === undefined) return { part: roles.main, script: whole, answer: roles.answer };
  const delay = whole.answerDelayMs === undefined ? {} : { answerDelayMs: whole.answerDelayMs };
  return { part: role, script: { steps: [...own], ...delay }, answer: asItIs };
};

/** Every part that requests can meet. */
export const roleScripts = (script: Script | null, roles: LaneRoles | undefined): readonly RoleScript[] => {
  if (roles === undefined) return [roleScript(script, undefined, "")];
  const names = new Set([
    roles.main,
    ...Object.keys(roles.steps),
    ...(script?.roles ?? []).map(({ role }) => role),
  ]);
  return [...names].map((role) => roleScript(script, { ...roles, of: () => role }, ""));
};
