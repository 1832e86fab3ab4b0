import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readInWorkers } from "./read-in-workers.ts";
import type { TrialTask } from "./read-trial.ts";
import { rootCopies } from "./testing/root-copies.ts";
import type { SampleRoot } from "./testing/sample-root.ts";
import { flipByte } from "./testing/spoil.ts";
import { removeTempFolders, tempFolder } from "./testing/temp-folder.ts";
import { validateRoot } from "./validate-root.ts";

const now = "2026-01-02T00:00:00.000Z";
const SLOW = { timeout: 60_000 };
let copy: () => Promise<SampleRoot>;
afterAll(removeTempFolders);
beforeAll(async () => {
  ({ copy } = await rootCopies());
});

test("threads give the very result of one thread, sound, spoilt, missing or extra", SLOW, async () => {
  const { root, bundles } = await copy();
  const same = async (): Promise<string> => {
    const alone = await validateRoot({ root, now, workers: 0 });
    expect(await validateRoot({ root, now, workers: 2 })).toEqual(alone);
    return alone.checks.find(({ id }) => id === "bundles")?.verdict ?? "";
  };
  expect(await same()).toBe("pass");
  const [first = "", second = ""] = bundles;
  await flipByte(root, `${first}/events.jsonl`);
  await rm(join(root, second), { recursive: true });
  expect(await same()).toBe("fail");
});

test("threads use and fill the cache as one thread does", SLOW, async () => {
  const { root } = await copy();
  const verifiedFolder = join(await tempFolder(), "verified");
  const options = { root, now, verifiedFolder };
  await validateRoot({ ...options, workers: 2 });
  for (const workers of [0, 2]) {
    const { checks } = await validateRoot({ ...options, workers });
    expect(checks.find(({ id }) => id === "bundles")?.message).toContain("8 of them were checked before");
  }
});

test("a worker that fails is an error, never a trial less", SLOW, async () => {
  const { root, planId, plan } = await copy();
  const context = { root, planId, plan, planDigest: "sha256:none", trusted: new Map() };
  // No task at all: the thread throws, and its parent hears of it.
  const broken: TrialTask = JSON.parse('{"kind":"planned","entry":null}');
  await expect(readInWorkers(context, [broken], false, 1, 1)).rejects.toThrow(/undefined/);
});
