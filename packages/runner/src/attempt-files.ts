import { mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { writeStrictBytes, type Sha256, type TrialRef } from "@stage6/evidence-interface";
import { rootLayout, syncPath, trialPath } from "@stage6/evidence-interface/fs";

/**
 * Writes the intent of an attempt before anything of it runs, so that a trial that dies is visible. Never overwrites:
 * every attempt stays listed.
 */
export async function writeIntent(
  root: string,
  trial: TrialRef,
  attemptId: string,
  planDigest: Sha256,
  startedAt: string,
): Promise<void> {
  const folder = join(rootLayout(root).attempts, trialPath(trial));
  await mkdir(folder, { recursive: true });
  const file = await open(join(folder, `${attemptId}.json`), "wx", 0o644);
  try {
    await file.writeFile(writeStrictBytes({ schemaVersion: "1.0", trial, attemptId, planDigest, startedAt }));
    await file.sync();
  } finally {
    await file.close();
  }
  await syncPath(folder);
}

/** Number of attempts at a trial so far. */
export async function countAttempts(root: string, trial: TrialRef): Promise<number> {
  const names = await readdir(join(rootLayout(root).attempts, trialPath(trial))).catch(() => []);
  return names.filter((name) => name.endsWith(".json")).length;
}
