import { join } from "node:path";
import type { Finding, Id } from "@stage6/evidence-interface";
import { listFiles } from "@stage6/evidence-interface/fs";
import type { CollectedTrial } from "./read-trial.ts";
import { checkFolder } from "./read-root-file.ts";
import { ROOT_FILES } from "./root-files.ts";

/** Folders and intents of one trial: three levels, and at most a hundred attempts. */
const ENTRIES_PER_TRIAL = 104;

/** Attempts that were announced and left no bundle. */
export interface LostAttempts {
  /** Their intents, relative to the root, sorted: a trial that was interrupted, or one whose outcome somebody did not like. */
  readonly lost: readonly string[];
  /** What stands there and is no intent of a planned trial. */
  readonly findings: readonly Finding[];
}

/** Lists every announced attempt of a plan that none of its bundles came from, so that a trial run again shows. Never throws. */
export async function listLostAttempts(
  root: string,
  planId: Id,
  trials: readonly CollectedTrial[],
): Promise<LostAttempts> {
  const base = `${ROOT_FILES.attempts}/${planId}`;
  const folder = checkFolder(root, base);
  if (folder !== null) return { lost: [], findings: folder.rule === "absent" ? [] : [folder] };
  const planned = trials.filter(({ state }) => state !== "extra");
  const places = new Set(planned.map(({ folder: at }) => at.replace(ROOT_FILES.runs, ROOT_FILES.attempts)));
  const told = new Set(trials.flatMap(({ inputs }) => inputs.map(({ path }) => path)));
  const { files, findings } = await listFiles(join(root, base), ENTRIES_PER_TRIAL * planned.length + 10_000);
  const paths = files.map((file) => `${base}/${file}`);
  const isIntent = (path: string): boolean =>
    path.endsWith(".json") && places.has(path.slice(0, path.lastIndexOf("/")));
  return {
    lost: paths.filter((path) => isIntent(path) && !told.has(path)),
    findings: [
      ...findings.map((finding) => ({ ...finding, file: `${base}/${finding.file}` })),
      ...paths
        .filter((path) => !isIntent(path))
        .map((file): Finding => ({
          code: "ARTIFACT_EXTRA",
          rule: "unplanned-attempt",
          file,
          expected: "attempts at planned trials alone",
        })),
    ],
  };
}
