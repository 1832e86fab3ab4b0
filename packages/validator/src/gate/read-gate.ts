import type { CompareInput } from "@stage6/comparator";
import { type ContractInForce, type EligibilityDocuments, type SourceObservation } from "@stage6/eligibility";
import type { JournalPoint, Sha256, Timestamp, TrustedKeys } from "@stage6/evidence-interface";
import { collectEarlier, type CollectedPlan } from "../collect-earlier.ts";
import { collectTrials, type CollectOptions } from "../collect-trials.ts";
import { listAllLostAttempts, type LostAttempts } from "../list-lost-attempts.ts";
import type { CollectedTrial } from "../read-trial.ts";
import { openVerifiedCache, type VerifiedCache } from "../verified-cache.ts";
import { readApplicability, type ReadApplicability } from "../read-applicability.ts";
import { readHarnessRoot, type HarnessRootView } from "../read-harness-root.ts";
import type { PlanEntry } from "../read-plans.ts";
import type { RootFinding } from "../root-finding.ts";
import type { RootInput } from "../root-input.ts";
import { checkJournal, type CheckedJournal, type CountedDocument } from "../journal/check-journal.ts";
import { acceptedPoints, countedDocuments } from "../journal/read-journaled.ts";
import { readRootFile } from "../read-root-file.ts";
import { ROOT_FILES } from "../root-files.ts";
import { selectPlan } from "../select-plan.ts";
import { NO_ADAPTER } from "./contracts-in-force.ts";
import { RawReader } from "./raw-reader.ts";
import { readGateDocuments, readTrustFiles } from "./read-gate-documents.ts";
import { MATRIX_FILES } from "../matrix/matrix-files.ts";
import { readMatrix, type MatrixView } from "../matrix/read-matrix.ts";

/** What a gate is read with, beside the harness root. */
export interface ReadGateOptions {
  readonly root: string;
  /** Time to judge at: keys have windows. */
  readonly now: Timestamp;
  /** Plan to judge; the newest when left out. */
  readonly planId?: string;
  /** Plan to judge instead, which need not be written yet; null judges without one. */
  readonly plan?: PlanEntry | null;
  /** Fingerprint of the SSH key of the root's founder, as it is known outside of the root; left out, nobody is trusted. */
  readonly founder?: string;
  /** Adapter of the Case lane that is in force; none when left out, and then no contract can name it. */
  readonly caseAdapter?: ContractInForce;
  /** How far the journal went when this user last saw the root, as it is known outside of the root; left out, nothing is known. */
  readonly journalSeen?: JournalPoint;
  /** Looks at the candidate's source, made just now. */
  readonly observations?: readonly SourceObservation[];
  /** Judge all but whether the candidate's source is still so on this machine: an auditor has the root alone. */
  readonly withoutSource?: boolean;
  /** Worker threads; several for many bundles when left out, 0 for none. */
  readonly workers?: number;
  /**
   * Folder of the cache of verified bundles, outside the root: a bundle whose every byte is as it was when it was found
   * sound is not checked again. Left out, every bundle is; whatever records a verdict has to leave it out.
   */
  readonly verifiedFolder?: string;
}

/** A harness root as it was read: its configuration, its trials, and the raw documents of the gate. */
export interface GateView {
  readonly view: HarnessRootView;
  readonly selected: PlanEntry | null;
  readonly trials: readonly CollectedTrial[];
  readonly earlier: readonly CollectedPlan[];
  readonly applicability: ReadApplicability | null;
  /** Attempts that left no bundle; null when no trial was collected. */
  readonly attempts: LostAttempts | null;
  readonly matrix: MatrixView | null;
  readonly documents: EligibilityDocuments | null;
  /** The journal as it was checked; null where no key or no configuration of the root can be believed. */
  readonly journal: CheckedJournal | null;
  /** What was known before, to be saved by whoever judges; null without a folder for it. */
  readonly verified: VerifiedCache | null;
  readonly findings: readonly RootFinding[];
  readonly inputs: readonly RootInput[];
}

/** Reads everything that the gate is judged from. Reads only, throws on no input; `documents` is null for a root that cannot be read at all. */
export async function readGate(options: ReadGateOptions): Promise<GateView> {
  const { root, now } = options;
  const view = await readHarnessRoot(root, now);
  const selected = options.plan === undefined ? selectPlan(view.plans, options.planId ?? null) : options.plan;
  const empty = {
    view,
    selected,
    trials: [],
    earlier: [],
    applicability: null,
    attempts: null,
    matrix: null,
    journal: null,
    verified: null,
  };
  if (!view.readable) return { ...empty, documents: null, findings: view.findings, inputs: view.inputs };
  const reader = new RawReader(root);
  const trust = await readTrustFiles(reader);
  const founder = options.founder ?? null;
  const { trusted } = view;
  const { workers, verifiedFolder } = options;
  const verified =
    trusted === null || verifiedFolder === undefined
      ? null
      : await openVerifiedCache(verifiedFolder, trusted);
  const how: CollectOptions = {
    ...(workers === undefined ? {} : { workers }),
    ...(verified === null ? {} : { verified }),
  };
  const collected =
    selected === null || trusted === null || view.recorders === null
      ? null
      : await collect(root, selected, view, trusted, view.recorders, how);
  const attempts =
    selected === null || collected === null || trusted === null
      ? null
      : await listAllLostAttempts(
          root,
          [{ id: selected.id, trials: collected.trials }, ...collected.earlier],
          trusted,
        );
  const matrix = trusted === null ? null : await readMatrix(root, trusted, now, selected?.plan ?? null, how);
  const journalFile = await reader.file(ROOT_FILES.journal, "journal");
  const documents = await readGateDocuments(reader, {
    trust,
    journal: journalFile,
    founder,
    trials: (collected?.trials ?? []).filter(({ lane }) => lane === selected?.plan.candidate),
    comparison:
      selected === null || collected === null || view.policy === null
        ? null
        : inputOf(selected, view.policy, collected),
    lostAttempts: attempts?.lost.length ?? 0,
    matrix,
    caseAdapter: options.caseAdapter ?? NO_ADAPTER,
    observations: options.observations ?? [],
  });
  const inputs = once([
    ...view.inputs,
    ...reader.inputs,
    ...(matrix?.inputs ?? []),
    ...(collected?.applicability.inputs ?? []),
    ...[...(collected?.trials ?? []), ...(collected?.earlier.flatMap((one) => one.trials) ?? [])].flatMap(
      (trial) => trial.inputs,
    ),
  ]);
  const journal =
    view.machines === null || view.harness === null
      ? null
      : await checkJournal({
          bytes: journalFile?.bytes ?? null,
          harness: view.harness.id,
          machines: view.machines,
          documents: [...countedDocuments(inputs), ...(await lostIntents(root, attempts))],
          seen: [
            ...acceptedPoints(documents.acceptances),
            ...(options.journalSeen === undefined ? [] : [{ file: null, point: options.journalSeen }]),
          ],
          digestOf: async (path) => digestIn(root, path),
        });
  const known = new Set(view.findings.map(({ file }) => file));
  return {
    ...empty,
    ...collected,
    attempts,
    matrix,
    documents,
    journal,
    verified,
    findings: [
      ...view.findings,
      ...reader.findings.filter(({ file }) => !known.has(file)),
      // That there is no matrix is for the gate to say.
      ...(matrix?.findings ?? []).filter(
        ({ code, file }) => code !== "ARTIFACT_MISSING" || file !== MATRIX_FILES.matrix,
      ),
    ],
    inputs,
  };
}

async function digestIn(root: string, path: string): Promise<Sha256 | null> {
  const file = await readRootFile(root, path);
  return file.ok ? file.sha256 : null;
}

/** Intents that left no bundle: they count as much as the others. */
async function lostIntents(root: string, attempts: LostAttempts | null): Promise<CountedDocument[]> {
  const paths = [...(attempts?.lost ?? []), ...(attempts?.interrupted ?? [])];
  const read = await Promise.all(paths.map(async (path) => ({ path, sha256: await digestIn(root, path) })));
  return read.flatMap(({ path, sha256 }) =>
    sha256 === null ? [] : [{ kind: "intent" as const, path, sha256 }],
  );
}

interface Collected {
  readonly trials: readonly CollectedTrial[];
  readonly earlier: readonly CollectedPlan[];
  readonly applicability: ReadApplicability;
}

async function collect(
  root: string,
  selected: PlanEntry,
  view: HarnessRootView,
  trusted: TrustedKeys,
  recorders: TrustedKeys,
  how: CollectOptions,
): Promise<Collected> {
  const trials = await collectTrials(root, selected.plan, selected.id, trusted, how);
  const earlier = await collectEarlier(root, selected, view.plans, trusted, how);
  return { trials, earlier, applicability: await readApplicability(root, selected, recorders) };
}

function inputOf(
  { plan, digest }: PlanEntry,
  policy: NonNullable<HarnessRootView["policy"]>,
  { trials, earlier, applicability }: Collected,
): CompareInput {
  return {
    plan,
    planDigest: digest,
    policy: policy.document,
    policyDigest: policy.digest,
    trials,
    earlier,
    applicability: applicability.records,
    harness: plan.harness,
  };
}

function once(inputs: readonly RootInput[]): RootInput[] {
  return [...new Map(inputs.map((input) => [input.path, input])).values()];
}
