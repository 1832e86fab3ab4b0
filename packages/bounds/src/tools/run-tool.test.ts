import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { within } from "../process/within.ts";
import { hardenedGitEnv } from "./hardened-git-env.ts";
import { runTool, type ToolOptions, type ToolResult } from "./run-tool.ts";

async function run(argv: string[], more: Partial<ToolOptions> = {}): Promise<ToolResult> {
  const options = { cwd: tmpdir(), env: hardenedGitEnv(), timeoutMs: 20_000, maxBytes: 65_536, ...more };
  const result = await within(runTool(argv, options), 30_000);
  if (result === null) throw new Error("the call hung");
  return result;
}

test("a command gives its code and both outputs", async () => {
  expect(await run(["sh", "-c", "printf a; printf b >&2; exit 4"])).toEqual({
    exitCode: 4,
    stdout: Buffer.from("a"),
    stderr: Buffer.from("b"),
    timedOut: false,
    truncated: false,
  });
});

test("a command that takes too long is ended with its group, though it ignores SIGTERM", async () => {
  const result = await run(["sh", "-c", "trap '' TERM; echo $$; sleep 300; sleep 300"], { timeoutMs: 500 });
  expect(result).toMatchObject({ exitCode: null, timedOut: true });
  const pid = Number(result.stdout.toString());
  expect(pid).toBeGreaterThan(1);
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});

test("a pipe held by a process that got away hangs nothing", async () => {
  const result = await run(["sh", "-c", "set -m; sleep 20 & echo done"]);
  expect(result).toMatchObject({ exitCode: 0, timedOut: false, stdout: Buffer.from("done\n") });
});

test("a command that writes too much is ended and its output cut", async () => {
  const result = await run(["sh", "-c", "while :; do echo 0123456789; done"], { maxBytes: 100 });
  expect(result).toMatchObject({ exitCode: null, timedOut: false, truncated: true });
  expect(result.stdout).toHaveLength(100);
});

test("a command that cannot be started is a broken environment", async () => {
  await expect(run(["/no/such/program"])).rejects.toMatchObject({ code: "TOOL_NOT_STARTED" });
  await expect(run([])).rejects.toMatchObject({ code: "TOOL_NOT_STARTED" });
});

test("the hardened environment shows git no configuration but its own, and no remote transport", async () => {
  const dir = mkdtempSync(join(tmpdir(), "hardened-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  expect((await run(["git", "init", "-q", "r"], { cwd: dir })).exitCode).toBe(0);
  const listed = await run(["git", "config", "--list", "--show-scope"], { cwd: join(dir, "r") });
  const scopes = listed.stdout
    .toString()
    .trim()
    .split("\n")
    .map((line) => line.split("\t")[0]);
  expect(new Set(scopes)).toEqual(new Set(["command", "local"]));
  const cloned = await run(["git", "clone", "https://example.invalid/x", "c"], { cwd: dir });
  expect(cloned.exitCode).not.toBe(0);
  expect(cloned.stderr.toString()).toContain("transport 'https' not allowed");
});
