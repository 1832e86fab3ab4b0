import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { rootCopies } from "../../packages/validator/src/testing/root-copies.ts";
import type { SampleRoot } from "../../packages/validator/src/testing/sample-root.ts";
import { removeTempFolders } from "../../packages/validator/src/testing/temp-folder.ts";
import { ROOT_MUTATORS } from "./root-mutators.ts";
import { Random } from "./random.ts";
import { codesOf, decidingCode, freshCodes, scoreRoots } from "./score-roots.ts";

const temp = mkdtempSync(join(tmpdir(), "stage6-roots-"));
/** Every root is a copy on disk that is validated whole. */
const DEADLINE = 240_000;
let original: SampleRoot;
beforeAll(async () => {
  ({ original } = await rootCopies());
});
afterAll(async () => {
  rmSync(temp, { recursive: true, force: true });
  await removeTempFolders();
});

it(
  "refuses every spoiled harness root with a code that its class predicts and the sound root does not give",
  { timeout: DEADLINE },
  async () => {
    const count = ROOT_MUTATORS.length;
    expect(await scoreRoots(original, temp, 1, count)).toEqual({
      mutants: count,
      refused: count,
      survivors: [],
    });
  },
);

it(
  "has for every class one single code without which a spoiled root would be let through",
  { timeout: DEADLINE },
  async () => {
    const random = new Random(3);
    const before = new Set(await codesOf(original.root));
    const deciding = new Map<string, string>();
    for (const mutator of ROOT_MUTATORS) {
      for (let tries = 0; tries < 6 && !deciding.has(mutator.name); tries += 1) {
        const code = decidingCode(mutator, await freshCodes(original, temp, mutator, random, before));
        if (code !== null) deciding.set(mutator.name, code);
      }
    }
    expect(ROOT_MUTATORS.map(({ name }) => name).filter((name) => !deciding.has(name))).toEqual([]);
    expect(new Set(deciding.values()).size).toBeGreaterThan(10);
  },
);

it("counts a root that nothing was done to as a survivor, whatever codes it was to give", async () => {
  const idle = { name: "idle", codes: ["NOT_A_FILE", "STAGE5_MISSING", "NOT_RUN"], spoil: () => undefined };
  expect(await scoreRoots(original, temp, 1, 1, [idle])).toMatchObject({
    refused: 0,
    survivors: [{ name: "idle", found: [] }],
  });
});
