import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { folderBytes } from "./folder-bytes.ts";
import type { ProcessSpec } from "./process-spec.ts";
import { parseMemory } from "./ps-table.ts";
import { superviseProcess } from "./supervise-process.ts";
import { treeOf } from "./tree-of.ts";

const MIB = 1024 ** 2;

function place(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "usage-")));
  mkdirSync(join(dir, "work"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function specOf(dir: string, script: string, limits: Partial<ProcessSpec["limits"]>): ProcessSpec {
  return {
    argv: [process.execPath, "-e", script],
    cwd: join(dir, "work"),
    env: { PATH: process.env["PATH"] ?? "" },
    stdin: null,
    limits: { totalMs: 40_000, idleMs: 40_000, outputBytes: MIB, lineBytes: MIB, ...limits },
    stdoutFile: join(dir, "out"),
    stderrFile: join(dir, "err"),
    graceMs: 300,
  };
}

/** Takes memory in steps, in a child of a child, until it is ended. */
const EATS = `const { spawn } = require("child_process");
const eat = "const all = []; setInterval(() => all.length < 40 && all.push(Buffer.alloc(16 * ${MIB}, 1)), 20)";
spawn(process.execPath, ["-e", "require('child_process').spawn(process.execPath, ['-e', " + JSON.stringify(eat) + "]); setInterval(() => 0, 1000)"]);
setInterval(() => 0, 1000);`;

test("a tree that takes more memory than allowed is ended, whichever of its processes takes it", async () => {
  const end = await superviseProcess(specOf(place(), EATS, { memoryBytes: 400 * MIB }));
  expect(end).toMatchObject({ endedBy: "memory-limit", exitCode: null, survivors: [] });
  expect(end.peak.memoryBytes).toBeGreaterThan(400 * MIB);
  expect(end.peak.diskBytes).toBeNull();
});

test("folders that grow more than allowed end the run, and what lay there before does not count", async () => {
  const dir = place();
  writeFileSync(join(dir, "work", "before"), Buffer.alloc(8 * MIB, 1));
  const grows = `const fs = require("fs"); let n = 0; setInterval(() => n < 200 && fs.writeFileSync("f" + n++, Buffer.alloc(${MIB}, 1)), 10)`;
  const end = await superviseProcess(specOf(dir, grows, { diskBytes: 6 * MIB }));
  expect(end.endedBy).toBe("disk-limit");
  expect(end.peak.diskBytes).toBeGreaterThan(6 * MIB);
});

test("a run within its limits ends by itself", async () => {
  const limits = { diskBytes: 64 * MIB, memoryBytes: 2048 * MIB };
  const script = `require("fs").writeFileSync("f", "x"); setTimeout(() => process.exit(7), 1500)`;
  expect(await superviseProcess(specOf(place(), script, limits))).toMatchObject({
    endedBy: "exit",
    exitCode: 7,
  });
});

test("folders count each file once, follow no link, and count a hole for nothing", async () => {
  const dir = place();
  const file = join(dir, "work", "a");
  writeFileSync(file, Buffer.alloc(MIB, 1));
  linkSync(file, join(dir, "work", "b"));
  symlinkSync("/usr", join(dir, "work", "l"));
  const bytes = await folderBytes([dir], Number.POSITIVE_INFINITY);
  expect(bytes).toBeGreaterThanOrEqual(MIB);
  expect(bytes).toBeLessThan(1.5 * MIB);
  expect(await folderBytes([join(dir, "nowhere")], 1)).toBe(0);
});

test("a tree is a process, its group and what descends from them", () => {
  const row = (pid: number, parent: number, group: number) => ({ pid, parent, group });
  const rows = [row(9, 8, 9), row(5, 1, 5), row(6, 5, 6), row(7, 1, 5), row(8, 7, 8), row(3, 1, 3)];
  expect(treeOf(rows, 5).map(({ pid }) => pid)).toEqual([9, 5, 6, 7, 8]);
  expect(treeOf(rows, 4)).toEqual([]);
});

test("ps tells memory in kilobytes, and nothing for a process that is not there", () => {
  const output = "  5     1     5  1000\n  6     5     6   24\n  9     1     9  4096\nno row\n";
  expect(parseMemory(output, 5)).toBe(1024 * 1024);
  expect(parseMemory(output, 77)).toBeNull();
});
