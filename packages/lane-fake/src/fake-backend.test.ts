import { spawn, type ChildProcess } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { EventDraft, LaneEventType, LaneRequest, Script, ScriptStep } from "@stage6/lane-contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeLane } from "./fake-lane.ts";

const DEADLINE_MS = 20_000;
const BACKEND = fakeLane.backend.kind === "node-script" ? fileURLToPath(fakeLane.backend.url) : "";

interface Run {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly drafts: readonly EventDraft[];
}

let trial: string;
let workspace: string;
let started: ChildProcess[];

beforeEach(() => {
  trial = realpathSync(mkdtempSync(join(tmpdir(), "stage6-fake-")));
  workspace = join(trial, "work");
  for (const folder of ["work", "lane", "home", "tmp"]) mkdirSync(join(trial, folder));
  started = [];
});

afterEach(async () => {
  for (const child of started) child.kill("SIGKILL");
  await until(() => started.every(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null));
  rmSync(trial, { recursive: true, force: true });
});

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + DEADLINE_MS; !holds(); await sleep(10)) {
    if (Date.now() > end) throw new Error("deadline passed");
  }
}

function request(script: Script | null): LaneRequest {
  const folders = {
    workspace,
    laneDir: join(trial, "lane"),
    home: join(trial, "home"),
    tmp: join(trial, "tmp"),
  };
  const model = { class: "none", provider: "", id: "" } as const;
  const backend = { executable: process.execPath, args: [BACKEND] };
  const path = process.env.PATH ?? "";
  return {
    backend,
    task: "Fix it.\n",
    ...folders,
    gatewayUrl: null,
    model,
    idleMs: 1000,
    allowedPaths: ["src/**"],
    script,
    path,
  };
}

/** Starts the backend as the plan says it; `stdout` is left to the caller. */
function start(script: Script | null): ChildProcess {
  const plan = fakeLane.plan(request(script));
  for (const { path, content } of plan.files) writeFileSync(join(trial, "lane", path), content);
  const [executable = "", ...args] = plan.argv;
  const child = spawn(executable, args, { cwd: workspace, env: { ...plan.env } });
  started.push(child);
  child.stdin.end(plan.stdin);
  return child;
}

/** Everything printed so far, growing. */
function collect(stream: NodeJS.ReadableStream | null): { bytes: () => Buffer } {
  const parts: Buffer[] = [];
  stream?.on("data", (part: Buffer) => parts.push(part));
  return { bytes: () => Buffer.concat(parts) };
}

async function finish(child: ChildProcess): Promise<Run> {
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  let closed = false;
  child.on("close", () => (closed = true));
  await until(() => closed);
  const { exitCode, signalCode } = child;
  const translator = fakeLane.translator({ workspace });
  const drafts = [
    ...translator.push("stdout", stdout.bytes()),
    ...translator.end({ exitCode, signal: signalCode, endedBy: "exit" }),
  ];
  return { exitCode, signal: signalCode, stdout: stdout.bytes(), stderr: stderr.bytes().toString(), drafts };
}

const run = async (...steps: ScriptStep[]): Promise<Run> => finish(start({ steps }));
const found = (drafts: readonly EventDraft[], type: LaneEventType) =>
  drafts.filter((draft) => draft.type === type).map(({ data }) => data);
const SAY: ScriptStep = { do: "say", text: "Done." };

describe("steps that do what they say", () => {
  it("prints a version that the probe reads", async () => {
    const child = spawn(process.execPath, [BACKEND, ...fakeLane.probe.args]);
    started.push(child);
    const { exitCode, stdout } = await finish(child);
    expect(fakeLane.probe.read({ exitCode, signal: null, stdout, stderr: new Uint8Array() })).toMatchObject({
      state: "available",
      note: null,
    });
  });

  it("says its answer, nothing used, and good-bye", async () => {
    const { exitCode, drafts, stderr } = await run(SAY);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(drafts.map(({ type }) => type)).toEqual([
      "session.started",
      "agent.messaged",
      "usage.claimed",
      "agent.ended",
    ]);
    expect(found(drafts, "agent.ended")).toEqual([{ outcome: "completed", message: null }]);
  });

  it("names the session after the task", async () => {
    const [first] = (await run(SAY)).drafts;
    expect(first).toMatchObject({
      type: "session.started",
      data: { sessionId: "ffe174147c2f9ac3", version: "1.0.0" },
    });
  });

  it("looks around without a script", async () => {
    const { drafts } = await finish(start(null));
    expect(found(drafts, "tool.started")).toMatchObject([{ tool: "shell", input: "ls" }]);
    expect(found(drafts, "agent.messaged")).toMatchObject([
      { kind: "answer", text: "I looked around and changed nothing." },
    ]);
  });

  it("runs a command in the workspace with both streams in order and its exit code", async () => {
    const { drafts, stdout, exitCode } = await run({ do: "shell", command: "pwd; echo wrong >&2; exit 7" });
    expect(found(drafts, "tool.ended")).toMatchObject([{ status: "failed", exitCode: 7 }]);
    expect(stdout.toString()).toContain(JSON.stringify(`${workspace}\nwrong\n`));
    expect([exitCode, found(drafts, "agent.ended")]).toEqual([0, [{ outcome: "completed", message: null }]]);
  });

  it("keeps output that is not UTF-8 as base64", async () => {
    const { stdout } = await run({ do: "shell", command: String.raw`printf '\377\376'` });
    expect(stdout.toString()).toContain('"outputBytes":2,"outputBase64":"//4="');
  });

  it("counts output beyond its cap instead of holding it", async () => {
    const { stdout, drafts } = await run({ do: "shell", command: "head -c 3000000 /dev/zero" });
    expect(stdout.toString()).toContain('"outputBytes":3000000');
    expect(stdout.length).toBeLessThan(500_000);
    expect(found(drafts, "tool.ended")).toMatchObject([{ status: "completed", exitCode: 0 }]);
  });

  it("does not wait for what a command left behind", async () => {
    const from = Date.now();
    await run({ do: "shell", command: "sleep 9 & echo $! > left.pid" });
    expect(Date.now() - from).toBeLessThan(8000);
    process.kill(Number(readFileSync(join(workspace, "left.pid"), "utf8")), "SIGKILL");
  });

  it("gives the child no name of environment beyond the plan", async () => {
    await run({ do: "shell", command: "env > names" });
    const names = readFileSync(join(workspace, "names"), "utf8")
      .split("\n")
      .map((line) => line.split("=")[0]);
    expect(
      names.filter(
        (name) => !["", "_", "PWD", "OLDPWD", "SHLVL", "PATH", "HOME", "TMPDIR", "LANG"].includes(name ?? ""),
      ),
    ).toEqual([]);
  });

  it("writes files, new and known, also where it should not", async () => {
    writeFileSync(join(workspace, "known.txt"), "old");
    const { drafts } = await run(
      { do: "write", path: "src/deep/new.txt", content: "new\n" },
      { do: "write", path: "known.txt", content: "newer" },
      { do: "write", path: "../outside.txt", content: "trespass" },
      { do: "write", path: join(trial, "tmp", "absolute.txt"), content: "trespass" },
    );
    const files = ["work/src/deep/new.txt", "work/known.txt", "outside.txt", "tmp/absolute.txt"];
    expect(files.map((file) => readFileSync(join(trial, file), "utf8"))).toEqual([
      "new\n",
      "newer",
      "trespass",
      "trespass",
    ]);
    expect(found(drafts, "change.claimed")).toEqual([
      { path: "src/deep/new.txt", kind: "added" },
      { path: "known.txt", kind: "modified" },
      { path: "../outside.txt", kind: "added" },
      { path: join(trial, "tmp", "absolute.txt"), kind: "added" },
    ]);
  });

  it("edits the one occurrence, literally", async () => {
    writeFileSync(join(workspace, "a.txt"), "one\ntwo\n");
    await run({ do: "edit", path: "a.txt", oldText: "two", newText: "$& $1" });
    expect(readFileSync(join(workspace, "a.txt"), "utf8")).toBe("one\n$& $1\n");
  });

  it.each([
    ["a text that occurs twice", "a.txt", "o"],
    ["a text that is not there", "a.txt", "three"],
    ["a file that is not there", "b.txt", "one"],
  ])("fails to edit %s, changes nothing and goes on", async (_, path, oldText) => {
    writeFileSync(join(workspace, "a.txt"), "one\ntwo\n");
    const { drafts, exitCode } = await run({ do: "edit", path, oldText, newText: "x" }, SAY);
    expect(readFileSync(join(workspace, "a.txt"), "utf8")).toBe("one\ntwo\n");
    expect(found(drafts, "tool.ended")).toMatchObject([{ status: "failed", exitCode: null }]);
    expect([exitCode, found(drafts, "change.claimed")]).toEqual([0, []]);
  });

  it("ends the turn at its answer", async () => {
    const { drafts } = await run(
      SAY,
      { do: "write", path: "late.txt", content: "" },
      { do: "say", text: "Again." },
    );
    expect(existsSync(join(workspace, "late.txt"))).toBe(false);
    expect(found(drafts, "agent.messaged")).toHaveLength(1);
  });

  it("waits before each answer when the script says so", async () => {
    const from = Date.now();
    await finish(start({ steps: [{ do: "shell", command: "true" }, SAY], answerDelayMs: 150 }));
    expect(Date.now() - from).toBeGreaterThanOrEqual(290);
  });
});

describe("steps that go wrong", () => {
  it.each([401, 429, 503])("fails with the model's status %i", async (status) => {
    const { exitCode, drafts } = await run({ do: "fault-status", status }, SAY);
    const text = `model error ${status}`;
    expect(exitCode).toBe(1);
    expect(found(drafts, "agent.messaged")).toEqual([{ kind: "warning", text, truncated: false }]);
    expect(found(drafts, "agent.ended")).toEqual([{ outcome: "failed", message: text }]);
  });

  it.each<[string, ScriptStep]>([
    ["a cut", { do: "fault-cut", afterBytes: 10 }],
    ["a malformed answer", { do: "fault-malformed" }],
  ])("stops inside a record after %s", async (_, step) => {
    const { exitCode, stdout, drafts } = await run(step, SAY);
    expect([exitCode, stdout.at(-1) === 10]).toEqual([1, false]);
    expect(drafts.map(({ type }) => type)).toEqual(["session.started", "line.unread", "agent.ended"]);
    expect(found(drafts, "agent.ended")).toEqual([{ outcome: "unknown", message: null }]);
  });

  it.each<[string, ScriptStep]>([
    ["a model that never answers", { do: "fault-hang" }],
    ["a model that stalls", { do: "fault-stall", afterBytes: 10 }],
    ["its own hanging", { do: "fake-hang", ignoreTerm: false }],
  ])("stays alive for %s until SIGTERM", async (_, step) => {
    const child = start({ steps: [step] });
    const stdout = collect(child.stdout);
    await until(() => stdout.bytes().includes("hanging"));
    await sleep(100);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    child.kill("SIGTERM");
    await until(() => child.signalCode === "SIGTERM");
  });

  it("stays alive even then when it ignores SIGTERM", async () => {
    const child = start({ steps: [{ do: "fake-hang", ignoreTerm: true }] });
    const stdout = collect(child.stdout);
    await until(() => stdout.bytes().includes("deaf"));
    child.kill("SIGTERM");
    await sleep(300);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    child.kill("SIGKILL");
    await until(() => child.signalCode === "SIGKILL");
  });

  it("drips a record every so often for ever", async () => {
    const child = start({ steps: [{ do: "fake-drip", everyMs: 20 }] });
    const stdout = collect(child.stdout);
    await until(() => stdout.bytes().includes("drop 5"));
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    child.kill("SIGTERM");
    await until(() => child.signalCode === "SIGTERM");
  });

  it("exits at once with a code and without a bye", async () => {
    const { exitCode, drafts } = await run({ do: "fake-exit", code: 134 }, SAY);
    expect([exitCode, drafts.map(({ type }) => type)]).toEqual([134, ["session.started", "agent.ended"]]);
    expect(found(drafts, "agent.ended")).toEqual([{ outcome: "unknown", message: null }]);
  });

  it("may claim success and then exit with a code", async () => {
    const { exitCode, drafts } = await run(SAY, { do: "fake-exit", code: 3 });
    expect([exitCode, found(drafts, "agent.ended")]).toEqual([3, [{ outcome: "completed", message: null }]]);
  });

  it.each(["SIGKILL", "SIGABRT", "SIGSEGV"] as const)("dies by %s", async (signal) => {
    const { drafts, ...end } = await run({ do: "fake-signal", signal }, SAY);
    expect([end.exitCode, end.signal]).toEqual([null, signal]);
    expect(found(drafts, "agent.ended")).toEqual([{ outcome: "unknown", message: null }]);
  });

  it("prints bytes as they are", async () => {
    const bytes = Buffer.from([255, 254, 10, 0, 10]);
    const { stdout, drafts } = await run({ do: "fake-print", base64: bytes.toString("base64") }, SAY);
    expect(stdout.includes(bytes)).toBe(true);
    expect(found(drafts, "line.unread")).toHaveLength(2);
  });

  it("starts a tool call and never ends it", async () => {
    const { drafts } = await run({ do: "fake-open-tool" }, SAY);
    expect(found(drafts, "tool.ended")).toMatchObject([{ callId: "call-1", status: "unclosed" }]);
  });

  it("refuses a script with a step it does not know", async () => {
    const script = join(trial, "lane", "script.json");
    writeFileSync(script, '{"steps":[{"do":"toString"}]}');
    const child = spawn(process.execPath, [BACKEND, script]);
    started.push(child);
    child.stdin.end();
    const { exitCode, stderr, stdout } = await finish(child);
    expect([exitCode, stderr, stdout.length]).toEqual([2, 'stage6-fake: unknown step "toString"\n', 0]);
  });
});

describe("a flood", () => {
  it.each([
    [1000, 100],
    [1050, 100],
    [200_000, 65_536],
    [70_000, 1],
    [150_000, 4_000_000],
  ])("is exactly %i bytes in lines of %i", async (bytes, lineBytes) => {
    const { stdout } = await run({ do: "fake-flood", bytes, lineBytes });
    const start = stdout.indexOf(10) + 1;
    const lengths = stdout
      .subarray(start, start + bytes)
      .toString("latin1")
      .split("\n")
      .slice(0, -1)
      .map((line) => line.length + 1);
    const full = Math.floor(bytes / lineBytes);
    const rest = bytes % lineBytes;
    expect(lengths).toEqual([
      ...Array.from({ length: full }, () => lineBytes),
      ...(rest === 0 ? [] : [rest]),
    ]);
    expect(stdout.subarray(start + bytes).toString()).toMatch(/^\{"v":1,"kind":"usage"/);
  });

  it("waits for a slow reader and holds nothing meanwhile", async () => {
    const child = start({ steps: [{ do: "fake-flood", bytes: 4_294_967_296, lineBytes: 4_294_967_296 }] });
    let read = 0;
    child.stdout?.on("data", (part: Buffer) => (read += part.length));
    await until(() => read > 2_000_000);
    child.stdout?.pause();
    await sleep(300);
    const rss = existsSync("/proc/self/status")
      ? Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1])
      : 0;
    expect(rss).toBeLessThan(150_000);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    child.kill("SIGTERM");
    await until(() => child.signalCode === "SIGTERM");
  });
});

describe("an orphan", () => {
  /** A process that ended but was not yet collected by its parent counts as gone. */
  function lives(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return (
        !existsSync("/proc/self/stat") || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "latin1"))
      );
    } catch {
      return false;
    }
  }

  it("outlives the backend in a session of its own, until its time is over or it is ended", async () => {
    const { exitCode, drafts } = await run(
      { do: "fake-orphan", seconds: 60 },
      { do: "fake-orphan", seconds: 1 },
      SAY,
    );
    const pids = JSON.stringify(found(drafts, "agent.messaged")).matchAll(/left process (\d+) for/g);
    const [long = 0, short = 0] = Array.from(pids, ([, pid]) => Number(pid));
    expect(exitCode).toBe(0);
    expect([long > 1, short > 1]).toEqual([true, true]);
    expect(lives(long)).toBe(true);
    await until(() => !lives(short));
    expect(lives(long)).toBe(true);
    // Its own process group: a negative id reaches it, and it alone.
    process.kill(-long, "SIGKILL");
    await until(() => !lives(long));
  });
});
