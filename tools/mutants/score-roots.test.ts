import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { rootCopies } from "../../packages/validator/src/testing/root-copies.ts";
import type { SampleRoot } from "../../packages/validator/src/testing/sample-root.ts";
import { removeTempFolders } from "../../packages/validator/src/testing/temp-folder.ts";
import { ROOT_MUTATORS } from "./root-mutators.ts";
import { scoreRoots } from "./score-roots.ts";

const temp = mkdtempSync(join(tmpdir(), "stage6-roots-"));
let original: SampleRoot;
beforeAll(async () => {
  ({ original } = await rootCopies());
});
afterAll(async () => {
  rmSync(temp, { recursive: true, force: true });
  await removeTempFolders();
});

it("refuses every spoiled harness root with a code that its class predicts and the sound root does not give", async () => {
  const count = ROOT_MUTATORS.length * 2;
  expect(await scoreRoots(original, temp, 1, count)).toEqual({
    mutants: count,
    refused: count,
    survivors: [],
  });
});

it("counts a root that nothing was done to as a survivor, whatever codes it was to give", async () => {
  const idle = { name: "idle", codes: ["NOT_A_FILE", "STAGE5_MISSING", "NOT_RUN"], spoil: () => undefined };
  expect(await scoreRoots(original, temp, 1, 1, [idle])).toMatchObject({
    refused: 0,
    survivors: [{ name: "idle", found: [] }],
  });
});
