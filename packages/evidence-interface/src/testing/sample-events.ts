import type { EventData, EventType } from "../event.ts";
import { EventLogWriter } from "../event-log-writer.ts";
import type { Limits } from "../primitives.ts";

/** What a sample log may vary. */
export interface SampleOptions {
  readonly lane?: string;
  readonly fixture?: string;
  readonly number?: number;
  /** Tool calls in the log. */
  readonly calls?: number;
  readonly oracle?: EventData<"oracle.ended">["state"];
}

const DIGEST = `sha256:${"0".repeat(64)}`;
const LIMITS: Limits = {
  totalMs: 60_000,
  idleMs: 30_000,
  outputBytes: 1_000_000,
  lineBytes: 1_000_000,
  modelRequests: 50,
  oracleMs: 10_000,
};

type Draft = { [T in Exclude<EventType, "checkpoint" | "run.ended">]: readonly [T, EventData<T>] }[Exclude<
  EventType,
  "checkpoint" | "run.ended"
>];

/** Events of one ordinary trial, without checkpoints and `run.ended`. */
export function sampleEvents(options: SampleOptions = {}): readonly Draft[] {
  const raw = { artifact: "artifacts/stdout.raw", offset: 0, length: 10 };
  const calls = Array.from({ length: options.calls ?? 2 }, (_, index): readonly Draft[] => [
    [
      "model.requested",
      {
        request: index + 1,
        path: "POST /v1/responses",
        model: "scripted-1",
        tools: ["shell"],
        providerTools: [],
        bytes: 100,
        sha256: DIGEST,
      },
    ],
    ["model.answered", { request: index + 1, status: 200, end: "complete", bytes: 100 }],
    ["tool.started", { raw, callId: `c${index + 1}`, tool: "shell", input: "ls" }],
    ["tool.ended", { raw, callId: `c${index + 1}`, status: "completed", exitCode: 0, reported: true }],
  ]).flat();
  return [
    [
      "run.started",
      {
        schemaVersion: "1.0",
        trial: {
          planId: "0123456789abcdef",
          lane: options.lane ?? "fake",
          fixture: options.fixture ?? "fix-failing-test",
          number: options.number ?? 1,
        },
        attemptId: "00000000-0000-4000-8000-000000000000",
        planDigest: DIGEST,
        policyDigest: DIGEST,
        fixtureDigest: DIGEST,
        taskDigest: DIGEST,
        baseCommit: "a".repeat(40),
        harness: { name: "stage6", version: "0.0.0" },
        adapterVersion: "0.0.0",
        model: { class: "scripted", provider: "scripted", id: "scripted-1" },
        limits: LIMITS,
        boundsTier: "default",
      },
    ],
    ["backend.probed", { version: "1.0.0", sha256: null, source: "bundled" }],
    ["workspace.prepared", { baseCommit: "a".repeat(40), entries: 3 }],
    [
      "snapshot.taken",
      { which: "before", artifact: "artifacts/snapshot-before.jsonl", sha256: DIGEST, entries: 3 },
    ],
    ["process.started", { argv: ["agent"], envKeys: ["PATH"] }],
    ["session.started", { raw, sessionId: "s", version: "1.0.0" }],
    ...calls,
    ["agent.messaged", { raw, kind: "answer", text: "Done.", truncated: false }],
    ["agent.ended", { raw, outcome: "completed", message: null }],
    [
      "process.ended",
      {
        exitCode: 0,
        signal: null,
        endedBy: "exit",
        durationMs: 100,
        stdoutBytes: 10,
        stderrBytes: 0,
        survivors: 0,
      },
    ],
    [
      "snapshot.taken",
      { which: "after", artifact: "artifacts/snapshot-after.jsonl", sha256: DIGEST, entries: 3 },
    ],
    ["oracle.ended", { state: options.oracle ?? "passed", exitCode: 0, durationMs: 10, reason: null }],
  ];
}

/** Bytes of a valid events.jsonl: {@link sampleEvents} through the writer, one millisecond apart. */
export function sampleEventLog(options: SampleOptions = {}): Buffer {
  const writer = new EventLogWriter();
  const start = Date.UTC(2026, 0, 1);
  let at = 0;
  const stamp = () => ({ ts: new Date(start + at).toISOString(), mono: at++ * 1000 });
  const parts = sampleEvents(options).map((draft) => append(writer, draft, stamp()));
  return Buffer.concat([...parts, writer.end(stamp())]);
}

function append<D extends Draft>(
  writer: EventLogWriter,
  [type, data]: D,
  stamp: { ts: string; mono: number },
): Uint8Array {
  return writer.append(type, data, stamp);
}
