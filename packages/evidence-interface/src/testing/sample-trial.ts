import { sha256 } from "../digest.ts";
import type { EventData, EventType } from "../event.ts";
import { EventLogWriter } from "../event-log-writer.ts";
import type { ArtifactRole } from "../manifest.ts";
import type { Observation } from "../observation.ts";
import type { Limits, ModelRef, Timestamp, TrialRef } from "../primitives.ts";
import { sampleClaims } from "./sample-claims.ts";
import { sampleObservation } from "./sample-observation.ts";
import { SampleStream } from "./sample-stream.ts";

/** An event before it is numbered and stamped; checkpoints and `run.ended` are the writer's. */
export type SampleDraft = { [T in DraftType]: readonly [T, EventData<T>] }[DraftType];
type DraftType = Exclude<EventType, "checkpoint" | "run.ended">;

/** How a sample trial ends. */
export type SampleEnd = "completed" | "failed-boundary" | "timed-out" | "lane-unavailable";

/** One artifact of a sample bundle. */
export interface SampleArtifact {
  readonly role: ArtifactRole;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** Everything a sample bundle is made of; change a part and write it to get another bundle. */
export interface SampleTrial {
  readonly events: readonly SampleDraft[];
  readonly observation: Observation;
  /** Artifacts besides the observation, by path. */
  readonly artifacts: ReadonlyMap<string, SampleArtifact>;
  /** When the first event was written; the beginning of 2026 when left out. */
  readonly startedAt?: Timestamp;
}

/** What a sample trial may vary; what is left out has a fixed default, so equal options give equal bytes. */
export interface SampleTrialOptions {
  readonly lane?: "fake" | "codex";
  readonly planId?: string;
  readonly fixture?: string;
  readonly number?: number;
  readonly end?: SampleEnd;
  readonly planDigest?: string;
  readonly policyDigest?: string;
  readonly fixtureDigest?: string;
  readonly model?: ModelRef;
  readonly limits?: Limits;
  /** The provider states token counts in each of its answers. */
  readonly statedUsage?: boolean;
}

const LIMITS: Limits = {
  totalMs: 60_000,
  idleMs: 30_000,
  outputBytes: 1_000_000,
  lineBytes: 1_000_000,
  modelRequests: 50,
  oracleMs: 10_000,
};
const BASE_COMMIT = "a".repeat(40);
const BEFORE = '{"path":"src/sum.js","mode":33188,"sha256":"before"}\n';
const AFTER = '{"path":"src/sum.js","mode":33188,"sha256":"after"}\n';
const NO_MODEL: ModelRef = { class: "none", provider: "", id: "" };
const SCRIPTED: ModelRef = { class: "scripted", provider: "scripted", id: "scripted-1" };

function artifact(role: ArtifactRole, mediaType: string, text: string | Uint8Array): SampleArtifact {
  return { role, mediaType, bytes: typeof text === "string" ? Buffer.from(text) : text };
}

function artifactsOf(
  end: SampleEnd,
  after: string,
  streams: readonly SampleStream[],
  asked: boolean,
): ReadonlyMap<string, SampleArtifact> {
  const ran = end !== "lane-unavailable";
  const [stdout, session] = streams;
  return new Map([
    ["artifacts/attempts.jsonl", artifact("attempts", "application/jsonl", "")],
    ["artifacts/environment.json", artifact("environment", "application/json", '{"keys":["HOME","PATH"]}')],
    ["artifacts/git-state-after.jsonl", artifact("git-state-after", "application/jsonl", "")],
    ["artifacts/git-state-before.jsonl", artifact("git-state-before", "application/jsonl", "")],
    [
      "artifacts/model-log.jsonl",
      artifact("model-log", "application/jsonl", asked ? '{"request":1,"path":"POST /v1/responses"}\n' : ""),
    ],
    ["artifacts/oracle.log", artifact("oracle-log", "text/plain", ran ? "1 test\n" : "")],
    [
      "artifacts/patch.diff",
      artifact("patch", "text/x-diff", after === BEFORE ? "" : "--- a/src/sum.js\n+++ b/src/sum.js\n"),
    ],
    ["artifacts/remote-refs.txt", artifact("remote-refs", "text/plain", "")],
    ["artifacts/secret-scan.json", artifact("secret-scan", "application/json", '{"declared":1,"hits":[]}')],
    ["artifacts/snapshot-after.jsonl", artifact("snapshot-after", "application/jsonl", after)],
    ["artifacts/snapshot-before.jsonl", artifact("snapshot-before", "application/jsonl", BEFORE)],
    ["artifacts/stderr.raw", artifact("stderr", "application/octet-stream", "")],
    ["artifacts/stdout.raw", artifact("stdout", "application/octet-stream", stdout?.bytes ?? "")],
    ...(session === undefined
      ? []
      : [[session.artifact, artifact("session", "application/octet-stream", session.bytes)] as const]),
  ]);
}

function observed(end: SampleEnd, trial: TrialRef): Observation {
  const base = sampleObservation({ trial });
  const workspace = (changes: Observation["workspace"]["changes"]): Observation["workspace"] => ({
    settled: true,
    changes,
    gitState: [],
  });
  const fixed = { path: "src/sum.js", kind: "modified", verdict: "allowed", rule: null } as const;
  switch (end) {
    case "completed":
      return { ...base, workspace: workspace([fixed]) };
    case "failed-boundary":
      return {
        ...base,
        workspace: workspace([
          { path: "package.json", kind: "modified", verdict: "violation", rule: "outside-allowed" },
          fixed,
        ]),
      };
    case "timed-out":
      return { ...base, workspace: workspace([]) };
    case "lane-unavailable":
      return {
        ...base,
        workspace: workspace([]),
        preparation: { state: "lane-unavailable", code: "BACKEND_MISSING", detail: "no backend was found" },
      };
  }
}

/** A whole ordinary trial as data: pure, and the same bytes for the same options. */
export function sampleTrial(options: SampleTrialOptions = {}): SampleTrial {
  const lane = options.lane ?? "fake";
  const end = options.end ?? "completed";
  const trial: TrialRef = {
    planId: options.planId ?? "0123456789abcdef",
    lane,
    fixture: options.fixture ?? "fix-failing-test",
    number: options.number ?? 1,
  };
  const model = options.model ?? (lane === "fake" ? NO_MODEL : SCRIPTED);
  const ran = end !== "lane-unavailable";
  const after = end === "completed" || end === "failed-boundary" ? AFTER : BEFORE;
  const claims = ran
    ? sampleClaims(lane, end, model, options.statedUsage ?? false)
    : { drafts: [], streams: [] };
  const snapshot = (which: "before" | "after", text: string): SampleDraft => [
    "snapshot.taken",
    { which, artifact: `artifacts/snapshot-${which}.jsonl`, sha256: sha256(text), entries: 1 },
  ];
  const stdoutBytes = claims.streams[0]?.bytes.length ?? 0;
  const ended: EventData<"process.ended"> =
    end === "timed-out"
      ? {
          exitCode: null,
          signal: "SIGKILL",
          endedBy: "total-limit",
          durationMs: 60_000,
          stdoutBytes,
          stderrBytes: 0,
          survivors: 0,
        }
      : {
          exitCode: 0,
          signal: null,
          endedBy: "exit",
          durationMs: 1200,
          stdoutBytes,
          stderrBytes: 0,
          survivors: 0,
        };
  const process: readonly SampleDraft[] = [
    ["backend.probed", { version: "1.0.0", sha256: null, source: "bundled" }],
    ["workspace.prepared", { baseCommit: BASE_COMMIT, entries: 1 }],
    snapshot("before", BEFORE),
    ["process.started", { argv: ["$TRIAL/agent"], envKeys: ["HOME", "PATH"] }],
    ...claims.drafts,
    ...(end === "timed-out"
      ? [["limit.reached", { limit: "totalMs", allowed: 60_000, observed: 60_000 }] as const]
      : []),
    ["process.ended", ended],
    snapshot("after", after),
    end === "timed-out"
      ? ["oracle.ended", { state: "failed", exitCode: 1, durationMs: 40, reason: null }]
      : ["oracle.ended", { state: "passed", exitCode: 0, durationMs: 40, reason: null }],
  ];
  const absent: readonly SampleDraft[] = [
    snapshot("before", BEFORE),
    snapshot("after", BEFORE),
    ["oracle.ended", { state: "not-run", exitCode: null, durationMs: 0, reason: "lane unavailable" }],
  ];
  const started: EventData<"run.started"> = {
    schemaVersion: "1.0",
    trial,
    attemptId: "00000000-0000-4000-8000-000000000000",
    planDigest: options.planDigest ?? sha256("plan"),
    policyDigest: options.policyDigest ?? sha256("policy"),
    fixtureDigest: options.fixtureDigest ?? sha256("fixture"),
    taskDigest: sha256("task"),
    baseCommit: BASE_COMMIT,
    harness: { name: "stage6", version: "1.0.0" },
    adapterVersion: "1.0.0",
    model,
    limits: options.limits ?? LIMITS,
    boundsTier: "default",
  };
  return {
    events: [["run.started", started], ...(ran ? process : absent)],
    observation: observed(end, trial),
    artifacts: artifactsOf(end, after, claims.streams, model.class !== "none" && ran),
  };
}

/** Bytes of events.jsonl for these drafts: numbered, stamped a millisecond apart, with checkpoints. */
export function writeSampleLog(
  drafts: readonly SampleDraft[],
  startedAt: Timestamp = "2026-01-01T00:00:00.000Z",
): Buffer {
  const writer = new EventLogWriter();
  const start = Date.parse(startedAt);
  let at = 0;
  const stamp = (): { ts: string; mono: number } => ({
    ts: new Date(start + at).toISOString(),
    mono: at++ * 1000,
  });
  const parts = drafts.map((draft) => append(writer, draft, stamp()));
  return Buffer.concat([...parts, writer.end(stamp())]);
}

function append<D extends SampleDraft>(
  writer: EventLogWriter,
  [type, data]: D,
  stamp: { ts: string; mono: number },
): Uint8Array {
  return writer.append(type, data, stamp);
}
