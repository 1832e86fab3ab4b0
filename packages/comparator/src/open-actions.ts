import {
  FORBIDDEN_ACTIONS,
  type BoundsTier,
  type ForbiddenAction,
  type Observation,
  type Report,
} from "@stage6/evidence-interface";
import type { BoundsSummary } from "./comparison.ts";
import { groupBy } from "./order.ts";

/** A forbidden action that some trials of a tier leave open, and how many of how many. */
export interface OpenAction {
  readonly action: ForbiddenAction;
  readonly tier: BoundsTier;
  readonly trials: number;
  readonly of: number;
}

/** The documents of a trial that speak of bounds. */
export interface BoundsDocuments {
  readonly report: Report | null;
  readonly observation: Observation | null;
}

/** The tier that a trial ran in; null when no document says. */
export function tierOf(trial: BoundsDocuments | null): BoundsTier | null {
  return trial?.observation?.bounds.tier ?? trial?.report?.bounds.tier ?? null;
}

/**
 * Forbidden actions that trials with a readable document leave open: `unknown`, and with `proven` everything that is neither
 * proven to be prevented nor known to have happened. In the fixed order of the actions, the default tier first.
 */
export function openActions(trials: readonly BoundsDocuments[], proven: boolean): OpenAction[] {
  return (["default", "strict"] as const).flatMap((tier) => {
    const own = trials.filter((trial) => tierOf(trial) === tier);
    return FORBIDDEN_ACTIONS.map((action) => ({
      action,
      tier,
      trials: own.filter((trial) => isOpen(trial, action, proven)).length,
      of: own.length,
    })).filter((open) => open.trials > 0);
  });
}

/** The bounds of counted trials, as a comparison states them; `proven` as for {@link openActions}. */
export function summarizeBounds(trials: readonly BoundsDocuments[], proven: boolean): BoundsSummary {
  const count = (tier: BoundsTier): number => trials.filter((trial) => tierOf(trial) === tier).length;
  return {
    strictTrials: count("strict"),
    defaultTrials: count("default"),
    open: openActions(trials, proven),
  };
}

/** The same in one sentence. */
export function boundsText({ strictTrials: strict, defaultTrials: observed, open }: BoundsSummary): string {
  const tiers = `tier strict in ${strict} trials, default in ${observed}`;
  return `${tiers}; ${open.length === 0 ? "no forbidden action stayed open" : `not judged: ${openText(open)}`}`;
}

function isOpen({ report, observation }: BoundsDocuments, action: ForbiddenAction, proven: boolean): boolean {
  if (report?.boundary.unknown.includes(action) === true) return true;
  if (observation === null) return proven;
  const verdicts = observation.actions.filter((one) => one.action === action).map(({ verdict }) => verdict);
  return proven
    ? !verdicts.some((verdict) => verdict === "proven-prevented" || verdict === "happened")
    : verdicts.includes("unknown");
}

/** Open actions in words, those that are open in as many trials of a tier together; empty without any. */
export function openText(open: readonly OpenAction[]): string {
  const groups = groupBy(open, ({ tier, trials, of }) => `in ${trials} of ${of} trials of tier ${tier}`);
  return [...groups]
    .map(([where, actions]) => `${actions.map(({ action }) => action).join(", ")} ${where}`)
    .join("; ");
}
