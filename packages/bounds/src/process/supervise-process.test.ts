import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { ProcessEnd, ProcessSpec } from "./process-spec.ts";
import { RUN_MARKER } from "./start-child.ts";
import { superviseProcess } from "./supervise-process.ts";
import { within } from "./within.ts";

const LIMITS = { totalMs: 30_000, idleMs: 30_000, outputBytes: 2 ** 24, lineBytes: 2 ** 22 };
// Other platforms have no way to tell these from foreign processes.
const noProc = process.platform !== "linux";

interface Ran extends ProcessEnd {
  readonly dir: string;
  readonly out: string;
  readonly err: string;
}

function place(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "supervise-")));
  mkdirSync(join(dir, "work"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Runs a shell script under supervision; the whole call must return in time. */
async function run(script: string, more: Partial<ProcessSpec> = {}, dir = place()): Promise<Ran> {
  const spec: ProcessSpec = {
    argv: ["sh", "-c", script],
    cwd: join(dir, "work"),
    env: { PATH: process.env["PATH"] ?? "", NODE: process.execPath, TOP: dir },
    stdin: null,
    limits: LIMITS,
    stdoutFile: join(dir, "out"),
    stderrFile: join(dir, "err"),
    graceMs: 300,
    ...more,
  };
  const end = await within(superviseProcess(spec), 45_000);
  if (end === null) throw new Error("the call hung");
  return {
    ...end,
    dir,
    out: readFileSync(join(dir, "out"), "latin1"),
    err: readFileSync(join(dir, "err"), "latin1"),
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== "linux") return true;
  try {
    return !/\) [ZX] /u.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

async function waitFor(check: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !check(); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(check()).toBe(true);
}

function pidIn(dir: string, name: string): number {
  return Number(readFileSync(join(dir, name), "utf8"));
}

test("a process that ends by itself gives its code, its output and nothing left over", async () => {
  const chunks: string[] = [];
  const ran = await run("echo out; echo err >&2; exit 3", {
    onChunk: (stream, chunk) => chunks.push(`${stream}:${Buffer.from(chunk).toString()}`),
  });
  expect(ran).toMatchObject({
    exitCode: 3,
    signal: null,
    endedBy: "exit",
    stdoutBytes: 4,
    stderrBytes: 4,
    survivors: [],
    spawnError: null,
  });
  expect([ran.out, ran.err]).toEqual(["out\n", "err\n"]);
  expect(chunks.toSorted()).toEqual(["stderr:err\n", "stdout:out\n"]);
});

test("a signal is told as a signal, whoever sent it", async () => {
  expect(await run("kill -SEGV $$")).toMatchObject({ exitCode: null, signal: "SIGSEGV", endedBy: "exit" });
});

test("the environment is what was given and the marker, and input reaches the process", async () => {
  const ran = await run("cat; env | cut -d= -f1 | sort | tr '\\n' ' '; pwd", {
    env: { PATH: process.env["PATH"] ?? "", A: "1" },
    stdin: "fed\n",
  });
  expect(ran.out.split("\n")[0]).toBe("fed");
  const names = ran.out
    .split("\n")[1]
    ?.split(" ")
    .filter((name) => !["PWD", "OLDPWD", "SHLVL", "_"].includes(name));
  expect(names?.slice(0, -1)).toEqual(["A", "PATH", RUN_MARKER]);
  expect(names?.at(-1)).toBe(join(ran.dir, "work"));
});

test("without input the process reads an end at once, and one that reads nothing does no harm", async () => {
  expect(await run("cat; echo done")).toMatchObject({ exitCode: 0, out: "done\n" });
  expect(await run("exit 0", { stdin: "x".repeat(2 ** 20) })).toMatchObject({ exitCode: 0, endedBy: "exit" });
});

test("a program that is missing, may not run or cannot be named is a failed start with its code", async () => {
  expect(await run("", { argv: ["/no/such/program"] })).toMatchObject({
    endedBy: "spawn-failure",
    exitCode: null,
    spawnError: { code: "ENOENT" },
  });
  expect(await run("", { argv: ["/dev/null"] })).toMatchObject({
    endedBy: "spawn-failure",
    spawnError: { code: "EACCES" },
  });
  expect(await run("", { argv: [] })).toMatchObject({
    endedBy: "spawn-failure",
    spawnError: { code: "ERR_INVALID_ARG_VALUE" },
  });
  expect(await run("", { argv: ["sh", "a\0b"] })).toMatchObject({
    endedBy: "spawn-failure",
    spawnError: { code: "ERR_INVALID_ARG_VALUE" },
  });
});

test("the total limit ends a process that ignores SIGTERM, and its group with it", async () => {
  const ran = await run(
    "trap '' TERM; sleep 300 & echo $! > $TOP/child; echo $$ > $TOP/main; while :; do sleep 1; done",
    { limits: { ...LIMITS, totalMs: 700 } },
  );
  expect(ran).toMatchObject({ endedBy: "total-limit", exitCode: null, signal: "SIGKILL" });
  await waitFor(() => !isAlive(pidIn(ran.dir, "main")) && !isAlive(pidIn(ran.dir, "child")));
});

test("a process that obeys SIGTERM may say its last words", async () => {
  const ran = await run("trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.05; done", {
    limits: { ...LIMITS, totalMs: 700 },
    graceMs: 10_000,
  });
  expect(ran).toMatchObject({ endedBy: "total-limit", exitCode: 7, out: "up\nbye\n" });
});

test("silence ends a run, output does not, and neither does model traffic", async () => {
  const limits = { ...LIMITS, idleMs: 800 };
  expect(await run("echo up; sleep 300", { limits })).toMatchObject({ endedBy: "idle-limit", out: "up\n" });
  expect(await run("for i in 1 2 3 4 5 6 7 8 9 10; do echo $i; sleep 0.2; done", { limits })).toMatchObject({
    endedBy: "exit",
    exitCode: 0,
  });
  expect(await run("sleep 2", { limits, activity: () => Date.now() })).toMatchObject({
    endedBy: "exit",
    exitCode: 0,
  });
});

test("the operator's interrupt and a used-up request budget end a run under their own names", async () => {
  const interrupt = new AbortController();
  expect(
    await run("echo up; sleep 300", { signal: interrupt.signal, onChunk: () => interrupt.abort() }),
  ).toMatchObject({ endedBy: "interrupt", signal: "SIGTERM", out: "up\n" });
  const requests = new AbortController();
  expect(
    await run("echo up; sleep 300", { requestLimit: requests.signal, onChunk: () => requests.abort() }),
  ).toMatchObject({ endedBy: "request-limit" });
});

test("an interrupt before the start starts nothing", async () => {
  const ran = await run("echo up > $TOP/ran", { signal: AbortSignal.abort() });
  expect(ran).toMatchObject({ endedBy: "interrupt", exitCode: null, spawnError: null });
  expect(existsSync(join(ran.dir, "ran"))).toBe(false);
});

test("a flood ends at the output limit, and what was counted is what is in the file", async () => {
  const ran = await run("while :; do echo 0123456789012345678901234567890123456789; done", {
    limits: { ...LIMITS, outputBytes: 1_000_000 },
  });
  expect(ran.endedBy).toBe("output-limit");
  expect(ran.stdoutBytes).toBeGreaterThan(1_000_000);
  expect(ran.stdoutBytes).toBeLessThan(1_000_000 + 2 ** 20);
  expect(statSync(join(ran.dir, "out")).size).toBe(ran.stdoutBytes);
});

test("a flood of the error stream counts as well, even from a process that leaves at once", async () => {
  expect(
    await run("head -c 100001 /dev/zero | tr '\\0' '\\n' >&2", {
      limits: { ...LIMITS, outputBytes: 100_000 },
    }),
  ).toMatchObject({ endedBy: "output-limit", stderrBytes: 100_001 });
  expect(
    await run("head -c 100000 /dev/zero | tr '\\0' '\\n' >&2", {
      limits: { ...LIMITS, outputBytes: 100_000 },
    }),
  ).toMatchObject({ endedBy: "exit", stderrBytes: 100_000 });
});

test("a line without end ends the run at the line limit, many short lines do not", async () => {
  const limits = { ...LIMITS, lineBytes: 1000 };
  expect(await run("printf 'ok\\n'; while :; do printf xxxxxxxxxx; done", { limits })).toMatchObject({
    endedBy: "line-limit",
  });
  expect(await run("for i in 1 2 3 4 5 6 7 8 9; do printf '%0300d\\n' $i; done", { limits })).toMatchObject({
    endedBy: "exit",
    stdoutBytes: 2709,
  });
});

test("every byte of a large output arrives in order", async () => {
  const script = `"$NODE" -e 'const b = Buffer.alloc(1 << 16, "0123456789abcde\\n"); let n = 0; (function go() { while (n++ < 512) if (!process.stdout.write(b)) return process.stdout.once("drain", go); })()'`;
  const ran = await run(script, { limits: { ...LIMITS, outputBytes: 2 ** 30 } });
  expect(ran).toMatchObject({ endedBy: "exit", exitCode: 0, stdoutBytes: 2 ** 25 });
  const expected = createHash("sha256")
    .update("0123456789abcde\n".repeat(2 ** 21))
    .digest("hex");
  expect(createHash("sha256").update(ran.out, "latin1").digest("hex")).toBe(expected);
});

test.skipIf(noProc)("a survivor in its own session is found by the marker, ended and reported", async () => {
  const ran = await run(
    "setsid sh -c 'echo $$ > $TOP/pid; exec sleep 301' >/dev/null 2>&1 </dev/null & while [ ! -s $TOP/pid ]; do sleep 0.05; done",
  );
  const pid = pidIn(ran.dir, "pid");
  expect(ran).toMatchObject({ endedBy: "exit", exitCode: 0 });
  expect(ran.survivors).toMatchObject([{ pid, how: "marker" }]);
  expect(ran.survivors[0]?.command).toMatch(/sleep 301|echo/u);
  expect(isAlive(pid)).toBe(false);
});

test("a survivor in the group is found, ended and reported on every platform", async () => {
  const ran = await run("sleep 302 >/dev/null 2>&1 & echo $! > $TOP/pid");
  expect(ran.survivors).toMatchObject([{ pid: pidIn(ran.dir, "pid"), how: "group" }]);
  await waitFor(() => !isAlive(pidIn(ran.dir, "pid")));
});

test.skipIf(noProc)("a survivor that wiped its environment is found by where it works", async () => {
  const ran = await run(
    "setsid env -i /bin/sh -c 'echo $$ > ../pid; exec /bin/sleep 303' >/dev/null 2>&1 </dev/null & while [ ! -s $TOP/pid ]; do sleep 0.05; done",
  );
  expect(ran.survivors).toMatchObject([{ pid: pidIn(ran.dir, "pid"), how: "cwd" }]);
  expect(isAlive(pidIn(ran.dir, "pid"))).toBe(false);
});

test.skipIf(noProc)(
  "a survivor that wiped its environment and left, but holds the output, is found by it and hangs nothing",
  async () => {
    const ran = await run(
      "setsid env -i TOP=$TOP /bin/sh -c 'cd /; echo $$ > $TOP/pid; trap \"\" TERM; exec /bin/sleep 304' & while [ ! -s $TOP/pid ]; do sleep 0.05; done; echo done",
    );
    expect(ran).toMatchObject({ endedBy: "exit", exitCode: 0, out: "done\n" });
    expect(ran.survivors).toMatchObject([{ pid: pidIn(ran.dir, "pid"), how: "channel" }]);
    expect(isAlive(pidIn(ran.dir, "pid"))).toBe(false);
  },
);

test.skipIf(noProc)("a survivor that starts others while it is ended does not get away", async () => {
  const ran = await run(
    "setsid sh -c 'trap \"\" TERM HUP; echo $$ > $TOP/pid; while :; do sleep 305 & sleep 0.02; done' >/dev/null 2>&1 & while [ ! -s $TOP/pid ]; do sleep 0.05; done; sleep 0.2",
  );
  expect(ran.survivors.length).toBeGreaterThan(1);
  for (const { pid } of ran.survivors) expect(isAlive(pid)).toBe(false);
});

test("unrelated processes of the same user are neither reported nor ended", async () => {
  const before = spawn("sleep", ["306"], { stdio: "ignore" });
  let during: ReturnType<typeof spawn> | null = null;
  onTestFinished(() => {
    before.kill("SIGKILL");
    during?.kill("SIGKILL");
  });
  const ran = await run("echo up; sleep 0.3", {
    onChunk: () => {
      during ??= spawn("sleep", ["307"], { stdio: "ignore", detached: true });
    },
  });
  expect(ran.survivors).toEqual([]);
  expect(isAlive(before.pid ?? -1)).toBe(true);
  expect(isAlive((during as ReturnType<typeof spawn> | null)?.pid ?? -1)).toBe(true);
});

test("an output file that exists or cannot be made is refused before anything starts", async () => {
  const first = await run("echo once");
  await expect(run("echo twice > $TOP/ran", {}, first.dir)).rejects.toMatchObject({
    code: "OUTPUT_UNWRITABLE",
  });
  await expect(run("echo x > $TOP/ran", { stderrFile: "/no/such/folder/err" })).rejects.toMatchObject({
    code: "OUTPUT_UNWRITABLE",
  });
  expect(existsSync(join(first.dir, "ran"))).toBe(false);
});

test("an observer that throws ends the process and is told as the harness's own fault", async () => {
  const dir = place();
  const cause = new Error("observer");
  const failing = run(
    "echo $$ > $TOP/pid; echo up; sleep 300",
    {
      onChunk: () => {
        throw cause;
      },
    },
    dir,
  );
  await expect(failing).rejects.toMatchObject({ code: "OBSERVER_FAILED", cause });
  await waitFor(() => !isAlive(pidIn(dir, "pid")));
});
