import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { DECIDING, parseMutateOptions } from "./mutate-options.ts";
import { mutatedFiles } from "./mutated-files.ts";
import { summarize, summaryLine, survivorLines, type MutantResult } from "./summarize.ts";

const ROOT = join(import.meta.dirname, "../..");
const DEADLINE_MS = 280_000;

it("mutates the packages that decide when none is named, and refuses a word that it does not know", () => {
  expect(parseMutateOptions([], "/root")).toEqual({
    root: "/root",
    packages: DECIDING,
    files: [],
    since: null,
  });
  expect(parseMutateOptions(["--package", "a", "--file", "b/**", "--since", "main"], "/root")).toMatchObject({
    packages: ["a"],
    files: ["b/**"],
    since: "main",
  });
  expect(() => parseMutateOptions(["--packages", "a"], "/root")).toThrow(TypeError);
});

it("takes the rules of a package, neither its tests nor what they are made with", () => {
  const all = mutatedFiles("comparator", { root: ROOT, packages: [], files: [], since: null });
  expect(all).toContain("packages/comparator/src/checks/dimension-check.ts");
  expect(all.filter((file) => /\.test\.ts$|\/testing\//.test(file))).toEqual([]);
  const some = mutatedFiles("comparator", { root: ROOT, packages: [], files: ["rates/*.ts"], since: null });
  expect(some).toContain("packages/comparator/src/rates/decide-rate.ts");
  expect(some.every((file) => file.startsWith("packages/comparator/src/rates/"))).toBe(true);
});

it("counts a mutant that no test reaches against the score", () => {
  const mutant = (status: string, line: number): MutantResult => ({
    fileName: "a.ts",
    status,
    mutatorName: "Rule",
    location: { start: { line, column: 3 } },
    replacement: "true\n  && false",
  });
  const mutants = [mutant("Survived", 9), mutant("NoCoverage", 2), mutant("Killed", 1), mutant("Timeout", 4)];
  expect(summarize(mutants)).toEqual({
    killed: 1,
    timeout: 1,
    survived: 1,
    noCoverage: 1,
    other: 0,
    score: 50,
  });
  expect(survivorLines(mutants)).toEqual([
    "a.ts:2:3 Rule: true && false (no test reaches it)",
    "a.ts:9:3 Rule: true && false",
  ]);
  expect(summaryLine("a", summarize([]))).toMatch(/^a: no mutant;/);
});

it(
  "names the changes of a rule that its tests let through, and none of those that they notice",
  () => {
    const root = mkdtempSync(join(tmpdir(), "stage6 mutate-"));
    onTestFinished(() => rmSync(root, { recursive: true }));
    const src = join(root, "packages/small/src");
    mkdirSync(src, { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
    writeFileSync(join(root, "package.json"), '{ "type": "module" }');
    writeFileSync(join(src, "at-least.ts"), "export const atLeast = (n: number): boolean => n >= 5;\n");
    const example = (n: number, is: boolean): string => `expect(atLeast(${n})).toBe(${is});`;
    const test = (...lines: readonly string[]): void =>
      writeFileSync(
        join(src, "at-least.test.ts"),
        [
          'import { expect, it } from "vitest";',
          'import { atLeast } from "./at-least.ts";',
          `it("x", () => { ${lines.join(" ")} });`,
          "",
        ].join("\n"),
      );
    const run = (): string => {
      const words = ["tools/mutate.ts", "--root", root, "--package", "small"];
      const { stdout, stderr, status } = spawnSync(
        process.execPath,
        [join(ROOT, "tools/run-source.mjs"), ...words],
        { encoding: "utf8", cwd: ROOT, timeout: DEADLINE_MS / 2, killSignal: "SIGKILL" },
      );
      if (status !== 0) throw new Error(`${stdout}${stderr}`);
      return stdout;
    };
    test(example(9, true), example(1, false));
    const weak = run();
    expect(weak).toMatch(/at-least\.ts:1:\d+ EqualityOperator: n > 5\n/);
    expect(weak).not.toContain("EqualityOperator: n < 5");
    expect(weak).toMatch(/^small: [0-9.]+ %; \d+ killed, 0 timed out, 1 survived, 0 not reached$/m);
    test(example(9, true), example(1, false), example(5, true));
    expect(run()).toMatch(/^small: 100 %;/m);
  },
  DEADLINE_MS,
);
