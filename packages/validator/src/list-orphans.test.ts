import { randomUUID } from "node:crypto";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rootCopies } from "./testing/root-copies.ts";
import type { SampleRoot } from "./testing/sample-root.ts";
import { removeTempFolders } from "./testing/temp-folder.ts";
import { validateRoot } from "./validate-root.ts";

const NOW = "2026-01-02T00:00:00.000Z";
const OTHER = "feedfacefeedface";
let original: SampleRoot;
let copy: () => Promise<SampleRoot>;
afterAll(removeTempFolders);
beforeAll(async () => {
  ({ original, copy } = await rootCopies());
});

async function planPresent(root: string) {
  const { checks, exitCode } = await validateRoot({ root, now: NOW });
  const found = checks.find(({ id }) => id === "plan-present");
  return { exitCode, code: found?.code, paths: found?.evidence.map(({ path }) => path) };
}

test.each([
  ["runs", (planId: string) => [`runs/${planId}`, `runs/${OTHER}`]],
  ["attempts", (planId: string) => [`attempts/${planId}`, `attempts/${OTHER}`]],
  ["a comparison", (planId: string) => [`comparisons/${planId}.json`, `comparisons/${OTHER}.json`]],
])("R8, R20: %s of a plan that is not there are invalid (PLAN_MISSING)", async (_, places) => {
  const { root, planId } = await copy();
  const [from = "", to = ""] = places(planId);
  await cp(join(root, from), join(root, to), { recursive: true });
  expect(await planPresent(root)).toEqual({ exitCode: 3, code: "PLAN_MISSING", paths: [to] });
});

test("R8, R20: an unlucky plan that is deleted leaves its runs and attempts behind, and they are seen (PLAN_MISSING)", async () => {
  const { root, planId } = await copy();
  const file = join(root, "plans", `${planId}.json`);
  const other = (await readFile(file, "utf8")).replace(
    "2026-01-01T00:00:00.000Z",
    "2026-01-01T00:00:01.000Z",
  );
  await rm(file);
  await writeFile(join(root, "plans", "0000000000000000.json"), other);
  const { exitCode, paths } = await planPresent(root);
  expect(exitCode).toBe(3);
  expect(paths).toEqual(expect.arrayContaining([`runs/${planId}`, `attempts/${planId}`]));
});

test("R8, R20: a file, or an empty folder, where runs of a plan belong is seen (PLAN_MISSING)", async () => {
  const { root } = await copy();
  await writeFile(join(root, "runs", "notes.txt"), "x");
  await mkdir(join(root, "attempts", "old"));
  expect(await planPresent(root)).toEqual({
    exitCode: 3,
    code: "PLAN_MISSING",
    paths: ["runs/notes.txt", "attempts/old"],
  });
});

test("the lock of a run that goes on, or was killed, is no orphan; a folder of its name is", async () => {
  const { root } = await copy();
  await writeFile(join(root, "attempts", "run.lock"), "1\n");
  await writeFile(join(root, "attempts", `run.lock.${randomUUID()}`), "1\n");
  expect(await planPresent(root)).toMatchObject({ code: null });
  await mkdir(join(root, "attempts", "run.lock.old"));
  await writeFile(join(root, "runs", "run.lock"), "1\n");
  expect(await planPresent(root)).toMatchObject({
    code: "PLAN_MISSING",
    paths: ["runs/run.lock", "attempts/run.lock.old"],
  });
});

test.each(["comparisons", "policy", "trust", "fixtures", "lanes", "contracts", "stage5", "matrix"])(
  "a draft that a killed writer left in %s changes no check",
  async (name) => {
    const { root } = await copy();
    await mkdir(join(root, name), { recursive: true });
    const codes = async () =>
      (await validateRoot({ root, now: NOW })).checks.map(({ id, code }) => [id, code]);
    const before = await codes();
    await writeFile(join(root, name, `.1234.json.${randomUUID()}`), "{");
    expect(await codes()).toEqual(before);
  },
);

test("evidence of plans that are there is no orphan", async () => {
  expect(await planPresent(original.root)).toMatchObject({ code: null });
});
