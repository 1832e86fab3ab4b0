import type { ClosureClass, Report } from "@stage6/evidence-interface";

/** Closure classes under which the harness itself cut the backend off. */
export const LIMIT_CLOSURES: readonly ClosureClass[] = [
  "TIMEOUT_TOTAL",
  "TIMEOUT_IDLE",
  "OUTPUT_LIMIT",
  "LINE_LIMIT",
  "REQUEST_LIMIT",
  "TOOL_LIMIT",
  "DISK_LIMIT",
  "MEMORY_LIMIT",
  "INTERRUPTED",
];

/** Whether a closure names one of the classes, first or among the others that apply. */
export function namesAny(closure: Report["closure"], classes: readonly ClosureClass[]): boolean {
  return classes.includes(closure.class) || closure.also.some((one) => classes.includes(one));
}
