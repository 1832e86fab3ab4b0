import { join } from "node:path";
import { compareWithItself, type Comparison, type SelfComparison } from "@stage6/comparator";
import { rootLayout, writeNewFile } from "@stage6/evidence-interface/fs";
import {
  collectEarlier,
  collectTrials,
  compareTrials,
  readApplicability,
  type CollectedTrial,
  type PlanEntry,
} from "@stage6/validator";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";
import type { OpenRoot } from "./open-root.ts";

/** A comparison, the trials it was made from, and what became of its document. */
export interface ComparedRoot {
  readonly comparison: Comparison;
  readonly trials: readonly CollectedTrial[];
  /** `not-written`: trials are missing or unsound, so that it may still change. */
  readonly document: "written" | "kept" | "not-written";
  /** Path of the document relative to the root. */
  readonly file: string;
}

/** Compares the recorded trials of a plan; once all are there, the comparison is written and never changes again. */
export async function compareRoot(root: OpenRoot, entry: PlanEntry): Promise<ComparedRoot> {
  const trials = await collectTrials(root.path, entry.plan, entry.id, root.trusted);
  const earlier = await collectEarlier(root.path, entry, root.plans, root.trusted);
  const applicability = await readApplicability(root.path, entry, root.recorders);
  const { comparison, bytes } = compareTrials(
    entry,
    { document: root.policy, digest: root.policyDigest },
    trials,
    earlier,
    applicability.records,
  );
  const file = `comparisons/${entry.id}.json`;
  if (!isComplete([...trials, ...earlier.flatMap((one) => one.trials)]))
    return { comparison, trials, document: "not-written", file };
  const written = await writeNewFile(
    root.path,
    join(rootLayout(root.path).comparisons, `${entry.id}.json`),
    bytes,
  );
  if (written === "different") {
    throw new CliError("COMPARISON_DIVERGED", EXIT.invalid, `${file} is not what the evidence gives`, {
      remedy: "Run stage6 replay to see where it differs; evidence and comparison are never written over.",
    });
  }
  return { comparison, trials, document: written === "same" ? "kept" : "written", file };
}

/** Every planned trial is there and sound, and nothing else is. */
export function isComplete(trials: readonly CollectedTrial[]): boolean {
  return trials.length > 0 && trials.every(({ state }) => state === "present");
}

/** One lane of a plan against itself (A/A); writes nothing. */
export async function compareLaneWithItself(
  root: OpenRoot,
  { plan, id, digest }: PlanEntry,
  lane: string,
): Promise<SelfComparison> {
  const trials = await collectTrials(root.path, plan, id, root.trusted);
  const { policy, policyDigest } = root;
  return compareWithItself(
    { plan, planDigest: digest, policy, policyDigest, trials, harness: plan.harness },
    lane,
  );
}
