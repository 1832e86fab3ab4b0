import { join } from "node:path";
import {
  AttemptInterruption,
  digestHex,
  openEnvelope,
  parseStrictBytes,
  validateDocument,
  type Finding,
  type Id,
  type TrustedKeys,
} from "@stage6/evidence-interface";
import { listFiles } from "@stage6/evidence-interface/fs";
import type { CollectedTrial } from "./read-trial.ts";
import { checkFolder, readRootFile } from "./read-root-file.ts";
import { ROOT_FILES } from "./root-files.ts";

/** Folders, intents and interruptions of one trial: three levels, and at most a hundred attempts. */
const ENTRIES_PER_TRIAL = 204;

/** Attempts that were announced and left no bundle. */
export interface LostAttempts {
  /** Intents, relative to the root and sorted, of which nothing says what became of them: each is a miss of its lane. */
  readonly lost: readonly string[];
  /** Intents that the operator interrupted by the runner's signed word, where no backend could have caused it. */
  readonly interrupted: readonly string[];
  /** What stands there and is neither an intent of a planned trial nor the word on one. */
  readonly findings: readonly Finding[];
}

/** The same of the plan and of the earlier plans whose trials were read, the plan first. Never throws. */
export async function listAllLostAttempts(
  root: string,
  plans: readonly { readonly id: Id; readonly trials: readonly CollectedTrial[] }[],
  trusted: TrustedKeys,
): Promise<LostAttempts> {
  const read = plans.filter(({ trials }, at) => at === 0 || trials.length > 0);
  const all = await Promise.all(read.map(({ id, trials }) => listLostAttempts(root, id, trials, trusted)));
  return {
    lost: all.flatMap(({ lost }) => lost),
    interrupted: all.flatMap(({ interrupted }) => interrupted),
    findings: all.flatMap(({ findings }) => findings),
  };
}

/** Lists every announced attempt of a plan that none of its bundles came from, so that a trial run again shows. Never throws. */
export async function listLostAttempts(
  root: string,
  planId: Id,
  trials: readonly CollectedTrial[],
  trusted: TrustedKeys,
): Promise<LostAttempts> {
  const base = `${ROOT_FILES.attempts}/${planId}`;
  const folder = checkFolder(root, base);
  if (folder !== null)
    return { lost: [], interrupted: [], findings: folder.rule === "absent" ? [] : [folder] };
  const planned = trials.filter(({ state }) => state !== "extra");
  const places = new Set(planned.map(({ folder: at }) => at.replace(ROOT_FILES.runs, ROOT_FILES.attempts)));
  const told = new Set(trials.flatMap(({ inputs }) => inputs.map(({ path }) => path)));
  const { files, findings } = await listFiles(join(root, base), ENTRIES_PER_TRIAL * planned.length + 10_000);
  const paths = files.map((file) => `${base}/${file}`);
  const isPlanned = (path: string): boolean => places.has(path.slice(0, path.lastIndexOf("/")));
  const words = paths.filter((path) => path.endsWith(WORD) && isPlanned(path));
  const isIntent = (path: string): boolean =>
    path.endsWith(".json") && !path.endsWith(WORD) && isPlanned(path);
  const excused = new Set<string>();
  const unsound: Finding[] = [];
  for (const path of words) {
    const word = await readWord(root, path, trusted);
    if ("code" in word) unsound.push(word);
    else if (word.excuses) excused.add(intentOf(path));
  }
  const left = paths.filter((path) => isIntent(path) && !told.has(path));
  return {
    lost: left.filter((path) => !excused.has(path)),
    interrupted: left.filter((path) => excused.has(path)),
    findings: [
      ...findings.map((finding) => ({ ...finding, file: `${base}/${finding.file}` })),
      ...unsound,
      ...paths
        .filter((path) => !isIntent(path) && !words.includes(path))
        .map((file): Finding => ({
          code: "ARTIFACT_EXTRA",
          rule: "unplanned-attempt",
          file,
          expected: "attempts at planned trials alone",
        })),
    ],
  };
}

const WORD = ".interrupted.json";
const intentOf = (path: string): string => `${path.slice(0, -WORD.length)}.json`;

/** Whether a word on an attempt excuses it, or what is wrong with the word: it has to be signed, and about this very intent. */
async function readWord(
  root: string,
  path: string,
  trusted: TrustedKeys,
): Promise<{ readonly excuses: boolean } | Finding> {
  const file = await readRootFile(root, path);
  if (!file.ok) return file.finding;
  const opened = openEnvelope(file.bytes, trusted);
  if (!opened.ok) return { code: opened.code, rule: opened.rule, file: path, found: opened.found };
  const json = parseStrictBytes(opened.payload);
  const checked = json.ok ? validateDocument(AttemptInterruption, json.value) : null;
  if (checked?.ok !== true) return { code: "SCHEMA_INVALID", rule: "interruption", file: path };
  const intent = await readRootFile(root, intentOf(path));
  const { subject, predicate } = checked.value;
  const place = `${predicate.trial.planId}/${predicate.trial.lane}/${predicate.trial.fixture}/${String(predicate.trial.number).padStart(3, "0")}`;
  const said = `${ROOT_FILES.attempts}/${place}/${predicate.attemptId}${WORD}`;
  if (said !== path || !intent.ok || subject[0]?.digest.sha256 !== digestHex(intent.sha256))
    return { code: "TRIAL_MISMATCH", rule: "interruption", file: path, found: said, expected: path };
  // Without bounds a backend can send its runner the signal that the operator would send.
  return { excuses: predicate.boundsTier === "strict" || !predicate.backendStarted };
}
