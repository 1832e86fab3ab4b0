import { join } from "node:path";
import type { ModelRef, Timestamp, TrialPlan } from "@stage6/evidence-interface";
import { writeNewFile } from "@stage6/evidence-interface/fs";
import { earlierPlansOf } from "@stage6/comparator";
import { makePlan, planIntent, sealPlan, type LaneCandidate } from "@stage6/runner";
import type { PlanEntry } from "@stage6/validator";
import type { ChosenBounds } from "./choose-bounds.ts";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";
import type { WrittenDocument } from "./journal-documents.ts";
import { liveModelRef } from "./live-model.ts";
import type { OpenRoot } from "./open-root.ts";
import { readFixtures } from "./read-fixtures.ts";
import { TOOL } from "./tool.ts";

/** The embedded scripted model: a plan with it is a rehearsal. */
export const SCRIPTED_MODEL: ModelRef = { class: "scripted", provider: "stage6", id: "stage6-scripted" };

/** What the operator asks of a plan. */
export interface PlanWish {
  readonly candidate: string;
  readonly lanes: readonly LaneCandidate[];
  /** Null: all fixtures of the root. */
  readonly fixtures: readonly string[] | null;
  /** Null: as many as the policy asks for. */
  readonly trials: number | null;
  readonly bounds: ChosenBounds;
  /** Live evidence with the policy's live model; a rehearsal on the scripted model when left out. */
  readonly live?: boolean;
  readonly now: Timestamp;
}

/** A plan that was made or found: `kept` when one with the same intent existed. */
export interface ChosenPlan extends PlanEntry {
  readonly state: "new" | "kept";
}

/** Makes the plan that the wish describes, or finds the one that was made for it before. Writes nothing. */
export async function choosePlanFor(root: OpenRoot, wish: PlanWish): Promise<ChosenPlan> {
  const evidenceClass = wish.live === true ? "live" : "scripted";
  const fewest = root.policy.trialsPerCell[evidenceClass];
  const trialsPerCell = wish.trials ?? fewest;
  if (trialsPerCell < fewest) {
    throw new CliError(
      "USAGE",
      EXIT.usage,
      `--trials ${trialsPerCell} is fewer than the policy's ${fewest} trials per cell`,
      { remedy: "Ask for at least as many, or leave --trials out." },
    );
  }
  const plan: TrialPlan = makePlan({
    createdAt: wish.now,
    harness: TOOL,
    candidate: wish.candidate,
    evidenceClass,
    model: evidenceClass === "live" ? liveModelRef(root.policy) : SCRIPTED_MODEL,
    policyDigest: root.policyDigest,
    bounds: wish.bounds,
    limits: root.policy.limits,
    trialsPerCell,
    lanes: wish.lanes,
    fixtures: await readFixtures(root.path, wish.fixtures),
    protectedTrees: root.config.protectedTrees ?? [],
  });
  const intent = planIntent(plan);
  const kept = root.plans.findLast((entry) => intentOf(entry.plan) === intent);
  if (kept !== undefined) return { ...kept, state: "kept" };
  const earlierPlans = earlierPlansOf(plan, root.plans, null).map((one) => one.id);
  const listed = earlierPlans.length === 0 ? plan : { ...plan, earlierPlans };
  const { digest, id } = sealPlan(listed);
  return { id, digest, plan: listed, state: "new" };
}

/** Writes a new plan; a kept one is there already. */
export async function writePlan(root: OpenRoot, chosen: ChosenPlan): Promise<WrittenDocument> {
  const path = `plans/${chosen.id}.json`;
  if (chosen.state === "new")
    await writeNewFile(root.path, join(root.path, path), sealPlan(chosen.plan).bytes);
  return { kind: "plan", path, sha256: chosen.digest };
}

/** The intent of a plan that was made before: which plans came before it is no part of it. */
function intentOf(plan: TrialPlan): string {
  const made = { ...plan };
  delete made.earlierPlans;
  return planIntent(made);
}
