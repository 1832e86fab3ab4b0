import type { Script, ScriptStep } from "@stage6/lane-contract";
import { scriptCourse } from "./script-course.ts";

/** The `faults` of a gateway for a script: the fault for a request with so many tool results, or null. */
export const scriptFaults = (script: Script | null): ((toolResults: number) => ScriptStep | null) => {
  const { faults } = scriptCourse(script);
  return (toolResults) => faults.get(toolResults) ?? null;
};
