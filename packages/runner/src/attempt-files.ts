import { mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  SCHEMA_VERSION,
  writeStrictBytes,
  type AttemptIntent,
  type TrialRef,
} from "@stage6/evidence-interface";
import { rootLayout, syncPath, trialPath } from "@stage6/evidence-interface/fs";

/**
 * Writes the intent of an attempt before anything of it runs, so that a trial that dies is visible. Never overwrites:
 * every attempt stays listed.
 */
export async function writeIntent(root: string, intent: Omit<AttemptIntent, "schemaVersion">): Promise<void> {
  const folder = join(rootLayout(root).attempts, trialPath(intent.trial));
  await mkdir(folder, { recursive: true });
  const document: AttemptIntent = { schemaVersion: SCHEMA_VERSION, ...intent };
  const file = await open(join(folder, `${intent.attemptId}.json`), "wx", 0o644);
  try {
    await file.writeFile(writeStrictBytes(document));
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
