import { readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { checkTrustRoot, type TrustFiles } from "@stage6/eligibility";
import {
  inFolder,
  readSmallFile,
  rootLayout,
  syncPath,
  withFolderLock,
  writeSynced,
} from "@stage6/evidence-interface/fs";
import type { CommandContext } from "./command-context.ts";
import { readFounder } from "./founder-pin.ts";
import type { OpenRoot } from "./open-root.ts";
import { readTrustFiles } from "./trust-files.ts";
import { keysFolder } from "./user-folders.ts";

/** How long another call that changes the trust root is waited for, ms: its operator may be typing a passphrase. */
const PATIENCE_MS = 150_000;
const MAX_BYTES = 4 * 1024 * 1024;

/** Files that the founder vouches for together, in the order in which they are put in place. */
const TOGETHER = ["allowedSigners", "root", "rootSignature"] as const;
type Together = (typeof TOGETHER)[number];

/**
 * Runs `work` while no other call changes this root's trust: what is read in it is still there when it is written. First it
 * finishes or takes back a change that was cut short. Throws LEDGER_BUSY when another call does not end.
 */
export async function withTrustLock<T>(
  context: CommandContext,
  root: OpenRoot,
  work: () => Promise<T>,
): Promise<T> {
  return inTrust(root.path, (folder) =>
    withFolderLock(
      folder,
      "trust",
      async () => {
        await settle(context, root, folder);
        return work();
      },
      PATIENCE_MS,
    ),
  );
}

/** Puts signers and the founder's signature in place, all or none: a call that is cut short is finished by the next {@link withTrustLock}. */
export async function writeTrust(root: string, files: TrustFiles): Promise<void> {
  await inTrust(root, async (folder) => {
    const given = TOGETHER.flatMap((part) => {
      const file = files[part];
      return file === null ? [] : [[nextOf(root, part), file.bytes] as const];
    });
    try {
      for (const [name, bytes] of given) await writeSynced(join(folder, name), bytes);
      await syncPath(folder);
    } catch (error) {
      for (const [name] of given) await rm(join(folder, name), { force: true });
      throw error;
    }
    await putInPlace(root, folder);
  });
}

const inTrust = <T>(root: string, work: (folder: string) => Promise<T>): Promise<T> =>
  inFolder(root, [basename(dirname(rootLayout(root).trustedKeys))], work);

const nameOf = (root: string, part: Together): string =>
  basename(
    {
      allowedSigners: rootLayout(root).allowedSigners,
      root: rootLayout(root).trustRoot,
      rootSignature: rootLayout(root).trustRootSignature,
    }[part],
  );
const nextOf = (root: string, part: Together): string => `.${nameOf(root, part)}.next`;

async function putInPlace(root: string, folder: string): Promise<void> {
  const names = await readdir(folder);
  for (const part of TOGETHER)
    if (names.includes(nextOf(root, part)))
      await rename(join(folder, nextOf(root, part)), join(folder, nameOf(root, part)));
  await syncPath(folder);
}

/** A change that was cut short is finished when what it leads to is signed by the founder, and taken back otherwise. */
async function settle(context: CommandContext, root: OpenRoot, folder: string): Promise<void> {
  const names = await readdir(folder);
  const pending = TOGETHER.filter((part) => names.includes(nextOf(root.path, part)));
  const founder = await readFounder(keysFolder(context.io.env), root.config.id);
  if (pending.length === 0 || founder === null) return;
  const files = await readTrustFiles(root.path);
  const next = new Map<Together, Uint8Array>();
  for (const part of pending) {
    const bytes = await readSmallFile(join(folder, nextOf(root.path, part)), MAX_BYTES);
    if (bytes !== null) next.set(part, bytes);
  }
  const after = TOGETHER.reduce((made: TrustFiles, part) => {
    const bytes = next.get(part);
    return bytes === undefined
      ? made
      : { ...made, [part]: { path: `trust/${nameOf(root.path, part)}`, bytes } };
  }, files);
  const { problems } = checkTrustRoot(after, { founder, harness: root.config.id });
  if (problems.length === 0) return putInPlace(root.path, folder);
  for (const part of pending) await rm(join(folder, nextOf(root.path, part)), { force: true });
}
