import type { EligibilityDocuments, SourceObservation } from "@stage6/eligibility";
import { judgeRoot, type GateCheck, type PlanEntry } from "@stage6/validator";
import { caseAdapter } from "./case-adapter.ts";
import { CliError } from "./cli-error.ts";
import type { CommandContext } from "./command-context.ts";
import { EXIT } from "./exit-code.ts";
import { choosePlan, openRoot, type OpenRoot } from "./open-root.ts";
import { readFounder } from "./founder-pin.ts";
import { LANES, type CatalogLane } from "./lane-catalog.ts";
import { placesFor } from "./places-for.ts";
import { placesOf } from "./probe-lanes.ts";
import { keysFolder } from "./user-folders.ts";
import { lookAtSource } from "./source/look-at-source.ts";

/** A sound harness root with everything that its gate is judged from. */
export interface OpenGate {
  readonly root: OpenRoot;
  readonly entry: PlanEntry;
  readonly documents: EligibilityDocuments;
  /** Every check of the gate, as `validate` makes them. */
  readonly checks: readonly GateCheck[];
}

/**
 * A look at the candidate's source as it is now; none when its places cannot be told. Before the first plan the candidate
 * is the lane whose source an operator provides, so that an admission can be judged, and its drift seen, before it is planned with.
 */
export async function observeNow(
  context: CommandContext,
  root: OpenRoot,
  planId: string | null,
): Promise<readonly SourceObservation[]> {
  const plan = planId === null ? root.plans.at(-1) : root.plans.find(({ id }) => id === planId);
  if (plan === undefined && planId !== null) return [];
  return observeCandidate(context, root, plan?.plan.candidate ?? null);
}

/** A look at the source of this candidate as it is now; null: of the lane whose source an operator provides. */
export async function observeCandidate(
  context: CommandContext,
  root: OpenRoot,
  candidate: string | null,
): Promise<readonly SourceObservation[]> {
  const isCandidate = ({ id, lane }: CatalogLane): boolean =>
    candidate === null ? lane.backend.kind === "provided" : id === candidate;
  const lane = LANES.find(isCandidate)?.lane;
  if (lane === undefined) return [];
  const places = await placesOf(lane.id, await placesFor(context, root));
  return [await lookAtSource(lane, places, { moment: "now", trial: null, observedAt: context.now })];
}

/** The founder of a root, as this user was told: an option of everything that reads a gate. */
export async function founderOf(
  { io }: CommandContext,
  harnessId: string,
): Promise<{ readonly founder?: string }> {
  const founder = await readFounder(keysFolder(io.env), harnessId);
  return founder === null ? {} : { founder };
}

/** Opens a root and judges its gate for one plan (null: the newest); throws what {@link openRoot} and {@link choosePlan} throw. */
export async function openGate(context: CommandContext, planId: string | null): Promise<OpenGate> {
  const root = await openRoot(context.root, context.shownRoot, context.now);
  const entry = choosePlan(root, planId);
  const { gate, checks } = await judgeRoot({
    root: root.path,
    now: context.now,
    planId: entry.id,
    caseAdapter: caseAdapter(),
    observations: await observeNow(context, root, entry.id),
    ...(await founderOf(context, root.config.id)),
  });
  const { documents, findings } = gate;
  if (documents === null || findings.length > 0)
    throw new CliError("ROOT_INVALID", EXIT.invalid, `the harness root ${context.shownRoot} is not sound`, {
      remedy: "Put the named files back as they were; nothing was changed.",
      findings,
    });
  return { root, entry, documents, checks };
}
