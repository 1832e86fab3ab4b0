import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ADVERSARIAL_CASES } from "./testing/adversarial-cases.ts";
import { driveAdversarialCase, seedAdversarialRepository } from "./testing/adversarial-trial.ts";

const run = promisify(execFile);
let top = "";
const cleaners: (() => void)[] = [];

beforeAll(() => {
  top = seedAdversarialRepository((clean) => cleaners.push(clean));
});

afterAll(() => {
  for (const clean of cleaners) clean();
});

for (const item of ADVERSARIAL_CASES) {
  test.skipIf(item.skip === true)(`case ${item.id}, ${item.what}, is ${item.right}`, async () => {
    const sight = await driveAdversarialCase(top, item, async ({ clone }, env) => {
      await run("sh", ["-e", "-c", item.script], { cwd: clone, env, timeout: 30_000 });
      return true;
    });
    const told = item.more === true ? sight.tree.filter((line) => item.tree.includes(line)) : sight.tree;
    expect(told).toEqual(item.tree);
    expect(sight.git).toEqual(expect.arrayContaining([...(item.git ?? [])]));
    expect(sight.outside).toEqual(item.outside === undefined ? [] : [item.outside]);
    expect(sight.verdict).toBe(item.right);
  });
}
