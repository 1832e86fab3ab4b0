import type { Id, JournalPoint } from "@stage6/evidence-interface";
import type { EligibilityDocuments, SourceObservation } from "@stage6/eligibility";
import {
  CASE_ADAPTER,
  judgeRoot,
  type GateCheck,
  type PlanEntry,
  type ReadGateOptions,
} from "@stage6/validator";
import { errorCode } from "@stage6/evidence-interface/fs";
import { CliError } from "./cli-error.ts";
import type { CommandContext } from "./command-context.ts";
import { EXIT } from "./exit-code.ts";
import { choosePlan, openRoot, type OpenRoot } from "./open-root.ts";
import { readFounder } from "./founder-pin.ts";
import { LANES, type CatalogLane } from "./lane-catalog.ts";
import { readSeen, rememberSeen } from "./journal-seen.ts";
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

/** Options of everything that reads a gate. */
export type KnownOutside = Pick<ReadGateOptions, "founder" | "journalSeen">;

/** Remembers how far a journal goes that was checked; a user who knows no founder, or whose folder of keys takes no file, remembers nothing. */
export async function noteSeen(
  { io, log }: CommandContext,
  harness: Id,
  { founder }: KnownOutside,
  point: JournalPoint,
): Promise<void> {
  if (founder === undefined) return;
  try {
    await rememberSeen(keysFolder(io.env), harness, point);
  } catch (error) {
    log(`How far the journal went could not be remembered (${errorCode(error)}).`);
  }
}

/** What this user knows of a root from outside of it: its founder, and how far its journal went. */
export async function knownOutside({ io }: CommandContext, harnessId: string): Promise<KnownOutside> {
  const keys = keysFolder(io.env);
  const founder = await readFounder(keys, harnessId);
  const journalSeen = await readSeen(keys, harnessId);
  return { ...(founder === null ? {} : { founder }), ...(journalSeen === null ? {} : { journalSeen }) };
}

/** Opens a root and judges its gate for one plan (null: the newest); throws what {@link openRoot} and {@link choosePlan} throw. */
export async function openGate(context: CommandContext, planId: string | null): Promise<OpenGate> {
  const root = await openRoot(context.root, context.shownRoot, context.now);
  const entry = choosePlan(root, planId);
  const outside = await knownOutside(context, root.config.id);
  const { gate, checks } = await judgeRoot({
    root: root.path,
    now: context.now,
    planId: entry.id,
    caseAdapter: CASE_ADAPTER,
    observations: await observeNow(context, root, entry.id),
    ...outside,
  });
  const { documents, findings, journal } = gate;
  if (journal?.point != null && journal.findings.length === 0)
    await noteSeen(context, root.config.id, outside, journal.point);
  if (documents === null || findings.length > 0)
    throw new CliError("ROOT_INVALID", EXIT.invalid, `the harness root ${context.shownRoot} is not sound`, {
      remedy: "Put the named files back as they were; nothing was changed.",
      findings,
    });
  return { root, entry, documents, checks };
}
