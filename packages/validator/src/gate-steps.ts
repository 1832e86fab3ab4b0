import type { CheckId, GateCheck } from "./gate-check.ts";
import { exitCodeOfCheck } from "./verdict-of-checks.ts";

/** Name of a step on the way to a record. */
export type GateStepName = (typeof GATE_STEPS)[number]["name"];

/** The way to a record, in the order in which it is gone, and the checks that each step is made of: every check stands in one. */
export const GATE_STEPS = [
  {
    name: "root",
    checks: ["root-readable", "harness-config", "trust", "policy", "journal", "contracts", "lane-registry"],
  },
  { name: "operator", checks: ["trust-root"] },
  { name: "signed policy", checks: ["policy-signed"] },
  { name: "source admission", checks: ["source-admission"] },
  { name: "Stage 5 evidence", checks: ["stage5"] },
  { name: "plan", checks: ["plan-present", "ownership", "order"] },
  { name: "trials", checks: ["bundles"] },
  {
    name: "comparison",
    checks: ["applicability", "comparison", "comparison-stored", "comparison-by-signed-policy", "authority"],
  },
  { name: "failure matrix", checks: ["failure-matrix"] },
  { name: "proof", checks: ["proof"] },
  { name: "acceptance", checks: ["operator-acceptance"] },
  { name: "record", checks: ["ledger", "records"] },
  { name: "live evidence", checks: ["evidence-class"] },
] as const satisfies readonly { readonly name: string; readonly checks: readonly CheckId[] }[];

/** Checks of the steps before this one that do not hold: with one of them the step is not taken. */
export function openBefore(step: GateStepName, checks: readonly GateCheck[]): GateCheck[] {
  const names = GATE_STEPS.map(({ name }) => name);
  const before = new Set<string>(
    GATE_STEPS.slice(0, names.indexOf(step)).flatMap((one): readonly string[] => one.checks),
  );
  return checks.filter((check) => before.has(check.id) && exitCodeOfCheck(check) !== 0);
}
