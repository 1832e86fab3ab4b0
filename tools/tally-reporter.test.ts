import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const repository = join(import.meta.dirname, "..");
let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "stage6-tally-"));
  mkdirSync(join(project, "src"));
  symlinkSync(join(repository, "node_modules"), join(project, "node_modules"));
});

afterEach(() => rmSync(project, { recursive: true, force: true }));

function vitest(
  files: Record<string, string>,
  ...args: string[]
): { status: number | null; lastLine: string | undefined } {
  for (const [name, body] of Object.entries(files)) {
    writeFileSync(join(project, "src", name), `import { test, describe, beforeAll } from "vitest";\n${body}`);
  }
  const config = ["--config", join(repository, "vitest.config.ts"), "--root", project];
  const command = [join(repository, "node_modules", "vitest", "vitest.mjs"), "run", ...config, ...args];
  const done = spawnSync(process.execPath, command, { encoding: "utf8", timeout: 40_000 });
  return { status: done.status, lastLine: done.stdout.trimEnd().split("\n").at(-1) };
}

const PASSES = `test("a", () => {});`;
const SKIPS = `test.skip("s", () => {});`;
const FAILS = `test("f", () => { throw new Error("no"); });`;

test("the last line is the tally, and skipped tests are named only if there are any", () => {
  expect(vitest({ "a.test.ts": PASSES })).toEqual({ status: 0, lastLine: "1 passed, 0 failed" });
  expect(vitest({ "a.test.ts": PASSES + SKIPS })).toEqual({
    status: 0,
    lastLine: "1 passed, 0 failed, 1 skipped",
  });
});

test("a failing test, a file that cannot be loaded, a throwing hook and a stray rejection all count as failed", () => {
  const files = {
    "a.test.ts": PASSES + FAILS,
    "b.test.ts": `import "./absent.ts";`,
    "c.test.ts": `describe("d", () => { beforeAll(() => { throw new Error("no"); }); test("x", () => {}); });`,
    "d.test.ts": `test("y", () => { void Promise.reject(new Error("stray")); });`,
  };
  expect(vitest(files)).toEqual({ status: 1, lastLine: "2 passed, 4 failed, 1 skipped" });
});

test("a run in which no test ran fails: no file, only skipped tests, or a filter that fits none", () => {
  expect(vitest({})).toMatchObject({ status: 1 });
  expect(vitest({ "a.test.ts": SKIPS })).toEqual({ status: 1, lastLine: "0 passed, 0 failed, 1 skipped" });
  expect(vitest({ "a.test.ts": PASSES }, "-t", "nothing")).toEqual({
    status: 1,
    lastLine: "0 passed, 0 failed, 1 skipped",
  });
});
