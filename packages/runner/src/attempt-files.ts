import { readdir, readFile } from "node:fs/promises";
import type { KeyObject } from "node:crypto";
import { join, relative, sep } from "node:path";
import {
  digestHex,
  INTERRUPTION_PREDICATE,
  SCHEMA_VERSION,
  sha256,
  signStatement,
  STATEMENT_TYPE,
  writeStrictBytes,
  type AttemptIntent,
  type AttemptInterruption,
  type Sha256,
  type TrialRef,
} from "@stage6/evidence-interface";
import { rootLayout, trialPath, writeNewFile } from "@stage6/evidence-interface/fs";

/** An attempt that was announced. */
export interface AnnouncedAttempt {
  readonly attemptId: string;
  /** The runner wrote down that the operator interrupted it. */
  readonly interrupted: boolean;
}

const INTENT = /^([0-9a-f-]{36})\.json$/;
const INTERRUPTION = /^([0-9a-f-]{36})\.interrupted\.json$/;

function folderOf(root: string, trial: TrialRef): string {
  return join(rootLayout(root).attempts, trialPath(trial));
}

/**
 * Writes the intent of an attempt before anything of it runs, so that a trial that dies is visible. Never overwrites:
 * every attempt stays listed. Whole or not at all, whenever the runner is killed.
 */
export async function writeIntent(root: string, intent: Omit<AttemptIntent, "schemaVersion">): Promise<void> {
  const document: AttemptIntent = { schemaVersion: SCHEMA_VERSION, ...intent };
  await publish(root, intent.trial, `${intent.attemptId}.json`, writeStrictBytes(document));
}

/** What is known of an interrupted attempt besides its name. */
export type Interruption = Pick<
  AttemptInterruption["predicate"],
  "boundsTier" | "backendStarted" | "interruptedAt"
>;

/** Writes, signed, that the operator interrupted an attempt: only so it is no lost one. */
export async function writeInterruption(
  root: string,
  { trial, attemptId }: Pick<AttemptIntent, "trial" | "attemptId">,
  interruption: Interruption,
  key: KeyObject,
): Promise<void> {
  const name = `${attemptId}.json`;
  const intent = await readFile(join(folderOf(root, trial), name));
  const statement: AttemptInterruption = {
    _type: STATEMENT_TYPE,
    subject: [{ name, digest: { sha256: digestHex(sha256(intent)) } }],
    predicateType: INTERRUPTION_PREDICATE,
    predicate: { schemaVersion: SCHEMA_VERSION, trial, attemptId, ...interruption },
  };
  await publish(root, trial, `${attemptId}.interrupted.json`, signStatement(statement, key));
}

/** Every announced attempt at a trial, sorted by id. */
export async function listAttempts(root: string, trial: TrialRef): Promise<AnnouncedAttempt[]> {
  const names = await readdir(folderOf(root, trial)).catch(() => []);
  const interrupted = new Set(names.map((name) => INTERRUPTION.exec(name)?.[1]));
  return names
    .flatMap((name) => INTENT.exec(name)?.[1] ?? [])
    .toSorted()
    .map((attemptId) => ({ attemptId, interrupted: interrupted.has(attemptId) }));
}

/** Every announced attempt at a trial: its path relative to the root with `/`, and its digest. */
export async function listIntents(
  root: string,
  trial: TrialRef,
): Promise<{ readonly path: string; readonly sha256: Sha256 }[]> {
  const folder = folderOf(root, trial);
  const attempts = await listAttempts(root, trial);
  return Promise.all(
    attempts.map(async ({ attemptId }) => {
      const file = join(folder, `${attemptId}.json`);
      return { path: relative(root, file).split(sep).join("/"), sha256: sha256(await readFile(file)) };
    }),
  );
}

async function publish(root: string, trial: TrialRef, name: string, bytes: Uint8Array): Promise<void> {
  const target = join(folderOf(root, trial), name);
  if ((await writeNewFile(root, target, bytes)) !== "written") throw new Error(`${target} exists already`);
}
