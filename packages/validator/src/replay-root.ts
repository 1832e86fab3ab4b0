import type { Id, Sha256, Timestamp } from "@stage6/evidence-interface";
import { checkStoredComparison } from "./check-stored-comparison.ts";
import { collectEarlier } from "./collect-earlier.ts";
import { collectTrials } from "./collect-trials.ts";
import { compareTrials } from "./compare-trials.ts";
import { readApplicability } from "./read-applicability.ts";
import { readHarnessRoot } from "./read-harness-root.ts";
import type { RootFinding } from "./root-finding.ts";
import { selectPlan } from "./select-plan.ts";

/** What recomputing everything derived gave. */
export interface Replay {
  /** The plan replayed; null when there is none. */
  readonly plan: { readonly id: Id; readonly digest: Sha256 } | null;
  /** Reports that were derived again and found equal. */
  readonly reports: number;
  /** Planned trials without a bundle. */
  readonly missing: number;
  /** Bytes of the comparison, to be written or compared; null when it cannot be made. */
  readonly comparison: Uint8Array | null;
  /** Whether such a comparison stands in the root. */
  readonly stored: "equal" | "absent" | "diverged";
  /** Everything that is not what the evidence gives, and every fault on the way there. */
  readonly diverged: readonly RootFinding[];
}

/** Recomputes every report and the comparison of a plan from the bundles alone; the same bytes on every machine. Never writes. */
export async function replayRoot({
  root,
  now,
  planId,
}: {
  readonly root: string;
  /** Time to judge at: keys have windows. */
  readonly now: Timestamp;
  readonly planId?: string;
}): Promise<Replay> {
  const { plans, trusted, recorders, policy, findings } = await readHarnessRoot(root, now);
  const selected = selectPlan(plans, planId ?? null);
  const nothing = { reports: 0, missing: 0, comparison: null, stored: "absent" } as const;
  if (selected === null) return { plan: null, ...nothing, diverged: findings };
  const plan = { id: selected.id, digest: selected.digest };
  if (trusted === null || recorders === null) return { plan, ...nothing, diverged: findings };
  const trials = await collectTrials(root, selected.plan, selected.id, trusted);
  const diverged: RootFinding[] = [...findings, ...trials.flatMap((trial) => trial.findings)];
  const counts = {
    reports: trials.filter(({ state }) => state === "present").length,
    missing: trials.filter(({ state }) => state === "missing").length,
  };
  if (policy === null) return { plan, ...counts, comparison: null, stored: "absent", diverged };
  const applicability = await readApplicability(root, selected, recorders);
  diverged.push(...applicability.findings);
  const earlier = await collectEarlier(root, selected, plans, trusted);
  diverged.push(...earlier.flatMap((one) => one.trials.flatMap((trial) => trial.findings)));
  const { bytes } = compareTrials(selected, policy, trials, earlier, applicability.records);
  const stored = await checkStoredComparison(root, selected.id, bytes);
  if (stored.finding !== null) diverged.push(stored.finding);
  return { plan, ...counts, comparison: bytes, stored: stored.state, diverged };
}
