import { renderComparison, type Comparison } from "@stage6/comparator";
import type { RunSummary } from "@stage6/runner";
import type { GateResult } from "@stage6/validator";
import { commandLine, type CommandContext } from "./command-context.ts";
import type { ComparedRoot } from "./compare-root.ts";
import { isComplete } from "./compare-root.ts";
import type { InitResult } from "./init-root.ts";
import type { ChosenPlan } from "./plan-root.ts";

/** What a rehearsal went through. */
export interface Rehearsal {
  readonly init: InitResult;
  readonly plan: ChosenPlan;
  readonly summary: RunSummary;
  readonly compared: ComparedRoot;
  readonly gate: GateResult;
}

/** Checks of the gate that a rehearsal vouches for: its own evidence is whole, signed, and gives the stored comparison. */
const OWN_CHECKS: readonly string[] = [
  "bundles",
  "comparison-stored",
  "harness-config",
  "plan-present",
  "policy",
  "root-readable",
  "trust",
];

/** The rehearsal's report is complete and its evidence verifies, whatever the verdict in it. */
export function isVerified({ compared, gate }: Rehearsal): boolean {
  return (
    isComplete(compared.trials) &&
    gate.checks.filter(({ id }) => OWN_CHECKS.includes(id)).every(({ verdict }) => verdict === "pass")
  );
}

/** Nothing was made: everything was there from an earlier rehearsal. */
export function isUnchanged({ init, plan, summary, compared }: Rehearsal): boolean {
  return (
    init.state === "already-there" &&
    plan.state === "kept" &&
    summary.sealed === 0 &&
    compared.document === "kept"
  );
}

/** The rehearsal's report for a person. */
export function renderRehearsal(context: CommandContext, rehearsal: Rehearsal): string {
  const { plan, summary, compared, gate } = rehearsal;
  const { planned, sealed } = summary;
  const verified = isVerified(rehearsal);
  const failed = gate.checks.filter(({ id, verdict }) => OWN_CHECKS.includes(id) && verdict !== "pass");
  const at = `${context.shownRoot}/`;
  return [
    renderComparison(compared.comparison).trimEnd(),
    "",
    planned === 0
      ? "Rehearsal without a trial: no selected lane can run here."
      : verified
        ? `Rehearsal complete: ${planned} trials recorded, every bundle verified (signature, digests, event log, report).`
        : `Rehearsal not complete: ${failed.map(({ id, message }) => `${id}: ${message}`).join("; ") || "trials are missing or not sound"}`,
    isUnchanged(rehearsal)
      ? "Nothing was run or changed: this rehearsal was recorded before."
      : `${sealed} trials were run now, ${planned - sealed} were recorded before.`,
    "It used the scripted model: it shows how evidence is made and judged, and can make no candidate eligible.",
    "",
    `Evidence:   ${at}runs/${plan.id}/`,
    `Comparison: ${compared.document === "not-written" ? "not written" : `${at}${compared.file}`}`,
    `Check it:   ${context.program} validate --harness-root ${context.shownRoot.includes(" ") ? `'${context.shownRoot}'` : context.shownRoot}`,
    `Read it:    ${commandLine(context, ["compare", "--explain", explainExample(compared.comparison)])}`,
    ...(gate.matrix === null
      ? []
      : [
          `Bad states: ${gate.matrix.covered} of ${gate.matrix.cells} cells of the failure matrix covered; drive it: ${commandLine(context, ["matrix"])}`,
        ]),
    "",
  ].join("\n");
}

function explainExample({ cells, lanes }: Comparison): string {
  const planned = lanes.filter(({ state }) => state === "planned").map(({ lane }) => lane);
  const cell = cells.find(({ baseline }) => planned.includes(baseline)) ?? cells[0];
  return cell === undefined
    ? "baseline/fixture/dimension"
    : `${cell.baseline}/${cell.fixture}/${cell.dimension}`;
}
