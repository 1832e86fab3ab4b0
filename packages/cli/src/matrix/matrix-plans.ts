import { join } from "node:path";
import type { Sha256, Timestamp, TrialPlan } from "@stage6/evidence-interface";
import { rootLayout, writeNewFile } from "@stage6/evidence-interface/fs";
import {
  leavesTrial,
  PROFILE_SETTINGS,
  PROFILES,
  rowFixture,
  type FailureMatrix,
  type Profile,
} from "@stage6/failure-matrix";
import { makePlan, planIntent, sealPlan, type LaneCandidate, type LoadedFixture } from "@stage6/runner";
import type { PlanEntry } from "@stage6/validator";
import { SCRIPTED_MODEL } from "../plan-root.ts";
import { TOOL } from "../tool.ts";

/** What the plans of a matrix are made from. */
export interface MatrixPlanInput {
  /** Folder of the matrix, laid out as a harness root. */
  readonly folder: string;
  readonly matrix: FailureMatrix;
  readonly fixtures: ReadonlyMap<string, LoadedFixture>;
  readonly lanes: readonly LaneCandidate[];
  /** Plans that are there, by creation time. */
  readonly plans: readonly PlanEntry[];
  readonly policyDigest: Sha256;
  /** Whether strict bounds can be had; without them the rows that need them have no plan. */
  readonly strict: boolean;
  readonly now: Timestamp;
}

/** The plan of one profile: all lanes, and every row that is driven under it. */
export interface ProfilePlan extends PlanEntry {
  readonly profile: Profile;
}

/** Makes one plan for each profile, or keeps the newest one when it says the same. */
export async function writeMatrixPlans(input: MatrixPlanInput): Promise<readonly ProfilePlan[]> {
  const made: ProfilePlan[] = [];
  for (const profile of PROFILES) {
    const { limits, tier } = PROFILE_SETTINGS[profile];
    if (tier === "strict" && !input.strict) continue;
    const fixtures = input.matrix.rows.flatMap((row) =>
      row.ways.flatMap(({ injector }, at) => {
        if (!leavesTrial(injector) || injector.profile !== profile) return [];
        const fixture = input.fixtures.get(rowFixture(row, at).id);
        return fixture === undefined ? [] : [fixture];
      }),
    );
    if (fixtures.length === 0) continue;
    const plan: TrialPlan = makePlan({
      createdAt: input.now,
      harness: TOOL,
      candidate: "fake",
      evidenceClass: "scripted",
      model: SCRIPTED_MODEL,
      policyDigest: input.policyDigest,
      bounds: { tier, requested: tier, reason: `failure matrix, profile ${profile}` },
      limits,
      trialsPerCell: 1,
      lanes: input.lanes,
      fixtures,
    });
    // Only the newest of its kind is kept: it says which lanes are there now.
    const last = input.plans.findLast(
      (one) => one.plan.boundsTier === tier && JSON.stringify(one.plan.limits) === JSON.stringify(limits),
    );
    if (last !== undefined && planIntent(last.plan) === planIntent(plan)) {
      made.push({ ...last, profile });
      continue;
    }
    const { bytes, digest, id } = sealPlan(plan);
    await writeNewFile(input.folder, join(rootLayout(input.folder).plans, `${id}.json`), bytes);
    made.push({ id, digest, plan, profile });
  }
  return made;
}
