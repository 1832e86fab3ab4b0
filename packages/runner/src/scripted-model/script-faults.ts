import type { LaneRoles, Script, ScriptStep } from "@stage6/lane-contract";
import { roleScript, roleScripts } from "./role-script.ts";
import { scriptCourse } from "./script-course.ts";

/** The `faults` of a gateway for a script: the fault for a request with so many tool results and this system text, or null. */
export const scriptFaults = (
  script: Script | null,
  roles?: LaneRoles,
): ((toolResults: number, system?: string) => ScriptStep | null) => {
  const faults = new Map(
    roleScripts(script, roles).map((one) => [one.part, scriptCourse(one.script).faults] as const),
  );
  return (toolResults, system = "") =>
    faults.get(roleScript(script, roles, system).part)?.get(toolResults) ?? null;
};
