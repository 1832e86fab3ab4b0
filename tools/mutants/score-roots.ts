import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { validateRoot } from "@stage6/validator";
import { Random } from "./random.ts";
import { ROOT_MUTATORS, type RootFacts, type RootMutator } from "./root-mutators.ts";
import type { Score, Survivor } from "./score-mutants.ts";

const NOW = "2026-01-03T00:00:00.000Z";

/** Codes of a root's checks and of everything they name as evidence, and the exit code. */
async function codesOf(root: string): Promise<readonly string[]> {
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
    const folder = mkdtempSync(join(temp, "root-"));
    const root = join(folder, "harness");
    cpSync(sound.root, root, { recursive: true });
    mutator.spoil({ ...sound, root }, random);
    const fresh = (await codesOf(root)).filter((code) => !before.has(code));
    const found = [...new Set(fresh.map((code) => code.slice(code.indexOf(" ") + 1)))];
    if (!found.some((code) => mutator.codes.includes(code)))
      survivors.push({ name: mutator.name, at, predicted: mutator.codes, found });
    rmSync(folder, { recursive: true, force: true });
  }
  return { mutants: count, refused: count - survivors.length, survivors };
}
