import type { KeyObject } from "node:crypto";
import type { JournalKind, Sha256 } from "@stage6/evidence-interface";
import { appendJournal, assertJournal } from "@stage6/evidence-interface/fs";
import { CliError } from "./cli-error.ts";
import type { CommandContext } from "./command-context.ts";
import { readSeen, rememberSeen } from "./journal-seen.ts";
import type { OpenRoot } from "./open-root.ts";
import { openRoleKey } from "./role-keys-of-root.ts";
import { keysFolder } from "./user-folders.ts";

/** A document that was written and counts from now on. */
export interface WrittenDocument {
  readonly kind: JournalKind;
  /** Path relative to the root, with `/`. */
  readonly path: string;
  readonly sha256: Sha256;
}

/**
 * Writes documents, puts them into the journal of a root and remembers how far it goes. Nothing is written where the journal
 * takes no line: KEY_MISSING without a key that may sign one, and what {@link assertJournal} throws.
 */
export async function writeJournaled<T>(
  context: CommandContext,
  root: OpenRoot,
  write: () => Promise<{ readonly written: T; readonly documents: readonly WrittenDocument[] }>,
): Promise<T> {
  const keys = keysFolder(context.io.env);
  const harness = root.config.id;
  const seen = (await readSeen(keys, harness)) ?? undefined;
  const key = await journalKey(root, keys);
  await assertJournal(root.path, context.now, seen);
  const { written, documents } = await write();
  const drafts = documents.map((document) => ({ harness, ...document, at: context.now }));
  await rememberSeen(keys, harness, await appendJournal(root.path, drafts, key, seen));
  return written;
}

/** Remembers how far the journal of a root goes after others wrote into it. */
export async function rememberJournal(context: CommandContext, root: OpenRoot): Promise<void> {
  const keys = keysFolder(context.io.env);
  const seen = (await readSeen(keys, root.config.id)) ?? undefined;
  const point = await appendJournal(root.path, [], await journalKey(root, keys), seen);
  await rememberSeen(keys, root.config.id, point);
}

/** The key that signs lines about what others wrote: the runner's, and the comparator's where the runner's cannot be had. */
export async function journalKey(root: OpenRoot, keys: string): Promise<KeyObject> {
  try {
    return await openRoleKey(root, "runner", keys);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return openRoleKey(root, "comparator", keys).catch(() => {
      throw error;
    });
  }
}
