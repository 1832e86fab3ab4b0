import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { validateRoot } from "@stage6/validator";
import { Random } from "./random.ts";
import { ROOT_MUTATORS, type RootFacts, type RootMutator } from "./root-mutators.ts";
import type { Score, Survivor } from "./score-mutants.ts";

const NOW = "2026-01-03T00:00:00.000Z";

/** Codes of a root's checks and of everything they name as evidence, and the exit code. */
export async function codesOf(root: string): Promise<readonly string[]> {
  const { checks } = await validateRoot({ root, now: NOW });
  const named = checks.flatMap(({ id, code, evidence }) => [
    ...(code === null ? [] : [`${id} ${code}`]),
    ...evidence.flatMap(({ what }) => {
      const [word = ""] = (what ?? "").split(" ");
      return /^[A-Z][A-Z0-9_]+$/.test(word) ? [`${id} ${word}`] : [];
    }),
  ]);
  return [...new Set(named)].toSorted();
}

/** Codes that a copy of a sound root gives once a mutator spoiled it, and did not give before; as `<check> <CODE>`. */
export async function freshCodes(
  sound: RootFacts,
  temp: string,
  mutator: RootMutator,
  random: Random,
  before: ReadonlySet<string>,
): Promise<readonly string[]> {
  const folder = mkdtempSync(join(temp, "root-"));
  try {
    const root = join(folder, "harness");
    cpSync(sound.root, root, { recursive: true });
    mutator.spoil({ ...sound, root }, random);
    return (await codesOf(root)).filter((code) => !before.has(code));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The code of `<check> <CODE>`. */
function codeOf(found: string): string {
  return found.slice(found.indexOf(" ") + 1);
}

/** What every check after the first says once evidence is not believed, or a trial is not there: nothing of its own. */
const CONSEQUENCES: readonly string[] = [
  "BASELINE_INVALID",
  "CANDIDATE_INVALID",
  "COMPARISON_MISSING",
  "KINDS_MISSING",
  "NOT_RUN",
  "RATE_LOWER",
  "REPLAY_DIVERGED",
];

/** The one predicted code without which a validator lets a spoiled root through, given its fresh codes; null when no single one is that. */
export function decidingCode(mutator: RootMutator, fresh: readonly string[]): string | null {
  // The journal sees each change of a document besides: what decides without it is asked here.
  const found = new Set(fresh.map(codeOf).filter((code) => !code.startsWith("JOURNAL_")));
  const follows = new Set([...CONSEQUENCES, ...(mutator.follows ?? [])]);
  const deciding = mutator.codes.find(
    (removed) => found.has(removed) && [...found].every((code) => code === removed || follows.has(code)),
  );
  return deciding ?? null;
}

/** Spoils `count` copies of a sound root below `temp`, the classes in turn; refused means a predicted code that the sound root does not give. */
export async function scoreRoots(
  sound: RootFacts,
  temp: string,
  seed: number,
  count: number,
  mutators: readonly RootMutator[] = ROOT_MUTATORS,
): Promise<Score> {
  const random = new Random(seed);
  const before = new Set(await codesOf(sound.root));
  const survivors: Survivor[] = [];
  for (let at = 0; at < count; at += 1) {
    const mutator = mutators[at % mutators.length];
    if (mutator === undefined) break;
    const fresh = await freshCodes(sound, temp, mutator, random, before);
    const found = [...new Set(fresh.map(codeOf))];
    if (!found.some((code) => mutator.codes.includes(code)))
      survivors.push({ name: mutator.name, at, predicted: mutator.codes, found });
  }
  return { mutants: count, refused: count - survivors.length, survivors };
}
