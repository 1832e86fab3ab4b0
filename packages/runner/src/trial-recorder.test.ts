import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EventLogChecker, MAX_OPEN, sha256, type Event, type EventData } from "@stage6/evidence-interface";
import { readSampleLog, sampleEventLog } from "@stage6/evidence-interface/testing";
import type { EventDraft } from "@stage6/lane-contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "./clock.ts";
import { SecretMask } from "./secret-mask.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import { TrialRecorder } from "./trial-recorder.ts";

const SECRET = "not-for-the-log-0123";
const RAW = { stream: "stdout", offset: 3, length: 4 };
const MANY = 300;

let folder: string;
let recorder: TrialRecorder;

beforeEach(() => {
  folder = makeTempFolder();
  recorder = new TrialRecorder(join(folder, "events.jsonl"), systemClock(), new SecretMask([SECRET]));
});
afterEach(() => {
  recorder.discard();
  removeTempFolder(folder);
});

const isStart = (event: Event): event is Extract<Event, { type: "run.started" }> =>
  event.type === "run.started";

const start = (callId: string): EventDraft => ({
  type: "tool.started",
  raw: RAW,
  data: { callId, tool: "shell", input: "ls" },
});
const end = (callId: string): EventDraft => ({
  type: "tool.ended",
  raw: RAW,
  data: { callId, status: "completed", exitCode: 0, reported: true },
});
const phase = (type: "phase.started" | "phase.ended"): EventDraft =>
  type === "phase.started"
    ? { type, raw: RAW, data: { phase: "build", attempt: 1 } }
    : { type, raw: RAW, data: { phase: "build", attempt: 1, outcome: "completed" } };

/** Writes the frame of a log around `drafts` and reads the middle back; the whole log must keep every rule. */
async function record(
  drafts: readonly EventDraft[],
  more: () => void = () => undefined,
  file = "events.jsonl",
): Promise<string[]> {
  const [started] = readSampleLog(Buffer.from(sampleEventLog())).filter(isStart);
  if (started === undefined) throw new Error("the sample has no start");
  recorder.write("run.started", started.data);
  recorder.writeDrafts(drafts);
  more();
  recorder.closeOpen();
  for (const which of ["before", "after"] as const)
    recorder.write("snapshot.taken", { which, artifact: "artifacts/s", sha256: sha256(""), entries: 0 });
  recorder.write("oracle.ended", { state: "not-run", exitCode: null, durationMs: 0, reason: null });
  await recorder.end();
  const bytes = readFileSync(join(folder, file));
  const checker = new EventLogChecker("events.jsonl");
  checker.push(bytes);
  expect(checker.end().findings).toEqual([]);
  const lines = bytes.toString("utf8").trimEnd().split("\n");
  return lines.filter((line) => /"src":"(lane|provider)"/.test(line)).map(short);
}

function short(line: string): string {
  const event = /"type":"([^"]+)","data":(.*)\}$/.exec(line);
  const id = /"callId":"([^"]+)"/.exec(line)?.[1];
  const status = /"(?:status|outcome|end)":"([^"]+)"/.exec(line)?.[1];
  return [event?.[1], id, status].filter((part) => part !== undefined).join(" ");
}

describe("a recorder", () => {
  it("numbers tool calls in the order of their starts, whatever the backend called them", async () => {
    expect(await record([start("x"), start("a"), end("a"), end("x"), start("x"), end("x")])).toEqual([
      "tool.started c1",
      "tool.started c2",
      "tool.ended c2 completed",
      "tool.ended c1 completed",
      "tool.started c3",
      "tool.ended c3 completed",
    ]);
  });

  it("closes the first of two calls under one open id as unclosed", async () => {
    expect(await record([start("x"), start("x"), end("x")])).toEqual([
      "tool.started c1",
      "tool.ended c1 unclosed",
      "tool.started c2",
      "tool.ended c2 completed",
    ]);
  });

  it("starts a call that was only ever ended", async () => {
    expect(await record([end("x"), end("x")])).toEqual([
      "tool.started c1",
      "tool.ended c1 completed",
      "tool.started c2",
      "tool.ended c2 completed",
    ]);
  });

  it("keeps phases paired, however a backend tells them", async () => {
    const [begin, finish] = [phase("phase.started"), phase("phase.ended")];
    expect(await record([begin, begin, finish, finish])).toEqual([
      "phase.started",
      "phase.ended unclosed",
      "phase.started",
      "phase.ended completed",
      "phase.started",
      "phase.ended completed",
    ]);
  });

  it("closes calls, requests and phases that nobody ended", async () => {
    const request: EventData<"model.requested"> = {
      request: 1,
      path: "POST /v1/responses",
      model: "m",
      tools: [],
      providerTools: [],
      bytes: 0,
      sha256: sha256(""),
    };
    const log = await record([start("x"), phase("phase.started")], () =>
      recorder.write("model.requested", request),
    );
    expect(log).toEqual([
      "tool.started c1",
      "phase.started",
      "model.requested",
      "tool.ended c1 unclosed",
      "model.answered unanswered",
      "phase.ended unclosed",
    ]);
  });

  it("writes a draft of every type with its raw bytes named by artifact", async () => {
    const drafts: EventDraft[] = [
      { type: "session.started", raw: RAW, data: { sessionId: "s", version: null } },
      { type: "agent.messaged", raw: RAW, data: { kind: "answer", text: "hi", truncated: false } },
      start("x"),
      end("x"),
      { type: "change.claimed", raw: RAW, data: { path: "a", kind: "added" } },
      { type: "action.refused", raw: RAW, data: { tool: "shell", message: "no" } },
      {
        type: "usage.claimed",
        raw: RAW,
        data: { usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1 } },
      },
      phase("phase.started"),
      { type: "revision.requested", raw: RAW, data: { source: "evaluator", cycle: 1 } },
      { type: "review.claimed", raw: RAW, data: { by: "evaluator", verdict: "passed", critical: 0 } },
      phase("phase.ended"),
      { type: "line.unread", raw: RAW, data: { reason: "not JSON" } },
      { type: "record.unrecognized", raw: RAW, data: { kind: "new" } },
      { type: "drift.detected", raw: RAW, data: { kind: "item", reason: "no id" } },
      { type: "agent.ended", raw: RAW, data: { outcome: "completed", message: null } },
    ];
    const log = await record(drafts);
    expect(log.map((line) => line.split(" ")[0])).toEqual(drafts.map(({ type }) => type));
    const text = readFileSync(join(folder, "events.jsonl"), "utf8");
    expect(text.match(/"raw":\{"artifact":"artifacts\/stdout.raw","offset":3,"length":4\}/g)).toHaveLength(
      drafts.length,
    );
  });

  it("masks secrets in events", async () => {
    const text = `${SECRET} ${Buffer.from(SECRET).toString("base64")} ${Buffer.from(SECRET).toString("hex")}`;
    await record([{ type: "agent.messaged", raw: RAW, data: { kind: "answer", text, truncated: false } }]);
    const log = readFileSync(join(folder, "events.jsonl"), "utf8");
    expect(log).not.toContain(SECRET);
    expect(log).not.toContain(Buffer.from(SECRET).toString("hex"));
    expect(log).toContain(`"text":"${"*".repeat(SECRET.length)} ***`);
  });

  it("writes an unread line for a draft that no event can hold, wherever it says that it was read", async () => {
    const long = "x".repeat(5000);
    const drafts: EventDraft[] = [
      { type: "tool.started", raw: RAW, data: { callId: "a", tool: "shell", input: long } },
      { type: "phase.started", raw: RAW, data: { phase: long, attempt: 1 } },
      { type: "agent.ended", raw: { ...RAW, offset: -1 }, data: { outcome: "completed", message: null } },
      {
        type: "agent.ended",
        raw: { ...RAW, stream: "../up" },
        data: { outcome: "completed", message: null },
      },
      { type: "tool.ended", raw: RAW, data: { callId: "", status: "failed", exitCode: -1, reported: true } },
      start("a"),
      end("a"),
    ];
    const log = await record(drafts);
    const unread = Array.from({ length: 4 }, () => "line.unread");
    // The end without a start got one before it was refused, and so is closed.
    expect(log.filter((line) => line !== "tool.ended c1 unclosed")).toEqual([
      ...unread,
      "tool.started c1",
      "line.unread",
      "tool.started c2",
      "tool.ended c2 completed",
    ]);
  });

  it("writes texts with half a surrogate pair, NUL and prototype names", async () => {
    const text = "\ud800 \0 __proto__";
    const log = await record([
      { type: "agent.messaged", raw: RAW, data: { kind: "answer", text, truncated: false } },
      { type: "tool.started", raw: RAW, data: { callId: "__proto__", tool: text, input: text } },
      end("__proto__"),
    ]);
    expect(log).toEqual(["agent.messaged", "tool.started c1", "tool.ended c1 completed"]);
  });

  it("holds no more calls and phases open than a reader takes, the oldest closed first", async () => {
    const calls = Array.from({ length: MAX_OPEN + 2 }, (_, at) => start(`call ${at}`));
    const phases = Array.from({ length: MAX_OPEN + 1 }, (_, at): EventDraft => ({
      type: "phase.started",
      raw: RAW,
      data: { phase: "p", attempt: at },
    }));
    const log = await record([...calls, ...phases, end("call 0")]);
    const closed = log.filter((line) => line.startsWith("tool.ended") && line.endsWith("unclosed"));
    expect(closed.slice(0, 2)).toEqual(["tool.ended c1 unclosed", "tool.ended c2 unclosed"]);
    expect(closed).toHaveLength(MAX_OPEN + 2);
    expect(log.filter((line) => line === "phase.ended unclosed")).toHaveLength(MAX_OPEN + 1);
  }, 120_000);

  it("says once that it is full, by events, bytes and claimed paths, and still closes what is open", async () => {
    const bounds = { events: 10, bytes: 1e6, claimedPaths: 1e6 };
    for (const [at, change] of [
      {},
      { events: 1e6, bytes: 2000 },
      { events: 1e6, claimedPaths: 40 },
    ].entries()) {
      recorder.discard();
      const file = `events-${at}.jsonl`;
      const mask = new SecretMask([]);
      recorder = new TrialRecorder(join(folder, file), systemClock(), mask, { ...bounds, ...change });
      const claim: EventDraft = { type: "change.claimed", raw: RAW, data: { path: "src/a", kind: "added" } };
      const log = await record([start("a"), ...Array.from({ length: 50 }, () => claim)], undefined, file);
      expect(log.length).toBeLessThan(20);
      expect(log.filter((line) => line === "line.unread")).toHaveLength(1);
      expect(log.at(-1)).toBe("tool.ended c1 unclosed");
      expect(recorder.isFull).toBe(true);
    }
  });

  it("says what it has written, and drains under many events", async () => {
    expect([recorder.has("run.started"), recorder.hasSnapshot("before")]).toEqual([false, false]);
    const log = await record(Array.from({ length: MANY }, () => [start("x"), end("x")]).flat());
    expect(log).toHaveLength(2 * MANY);
    expect([recorder.has("run.started"), recorder.hasSnapshot("before")]).toEqual([true, true]);
  });

  it("tells at its end that the file could not be written", async () => {
    const lost = new TrialRecorder(join(folder, "gone", "e"), systemClock(), new SecretMask([]));
    lost.writeDrafts([start("x")]);
    await expect(lost.end()).rejects.toMatchObject({ code: "ENOENT" });
  });
});
