import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ADVERSARIAL_CASES } from "../snapshot/testing/adversarial-cases.ts";
import {
  driveAdversarialCase,
  seedAdversarialRepository,
  type AdversarialEnv,
  type AdversarialPlaces,
} from "../snapshot/testing/adversarial-trial.ts";
import { probeStrict, type StrictDriver } from "./probe-strict.ts";
import { giveTo } from "./dedicated-user.ts";
import { runBoundedTool } from "./run-bounded-tool.ts";

let top = "";
let driver: StrictDriver;
const cleaners: (() => void)[] = [];

beforeAll(async () => {
  const probed = await probeStrict();
  if (!probed.ok) throw new Error(`${probed.code}: ${probed.detail}. ${probed.cure}`);
  driver = probed;
  top = seedAdversarialRepository((clean) => cleaners.push(clean));
});

afterAll(() => {
  for (const clean of cleaners) clean();
});

for (const item of ADVERSARIAL_CASES) {
  const wanted = item.strict === "prevented" ? "cannot be done" : `is ${item.right}`;
  test(`case ${item.id}, ${item.what}, ${wanted} within strict bounds`, async () => {
    const run = async ({ clone, home, other, keep }: AdversarialPlaces, env: AdversarialEnv) => {
      const notes = mkdtempSync(join(top, "notes-"));
      // As a backend has it: clone, home and temp folder writable, what lies beside the clone there to be read.
      const mounts = [
        ...[clone, home, keep].map((path) => ({ path, writable: true })),
        { path: other, writable: false },
      ];
      const end = await runBoundedTool(
        { ...driver, mounts },
        ["/bin/sh", "-e", "-c", item.script],
        { cwd: clone, env, timeoutMs: 30_000, maxBytes: 65_536 },
        notes,
      );
      return end.exitCode === 0;
    };
    const sight = await driveAdversarialCase(top, item, run, ({ clone, home, keep }) =>
      giveTo(driver.user, [clone, home, keep]),
    );
    const { strict } = item;
    expect(sight.ran).toBe(strict === undefined);
    expect(sight.outside).toEqual(strict !== undefined || item.outside === undefined ? [] : [item.outside]);
    if (strict === "prevented") {
      expect(sight).toMatchObject({ tree: [], git: [], verdict: "A" });
      return;
    }
    const told = item.more === true ? sight.tree.filter((line) => item.tree.includes(line)) : sight.tree;
    expect(told).toEqual(item.tree);
    expect(sight.git).toEqual(expect.arrayContaining([...(item.git ?? [])]));
    expect(sight.verdict).toBe(item.right);
  });
}
