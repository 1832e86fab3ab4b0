import type { KeyObject } from "node:crypto";
import { Writable } from "node:stream";
import {
  BUNDLE_FILES,
  emptyFacts,
  EventLogChecker,
  foldEvent,
  FORBIDDEN_ACTIONS,
  reportDocuments,
  sealDocuments,
  sha256,
  writeStrictBytes,
  type EventData,
  type ManifestFile,
  type Observation,
} from "@stage6/evidence-interface";
import type { Lane, ProcessEnd } from "@stage6/lane-contract";
import type { Clock } from "./clock.ts";
import { closeLog } from "./close-log.ts";
import { SecretMask } from "./secret-mask.ts";
import { ALWAYS_STAGED, ARTIFACT_ROLES_BY_PATH } from "./trial-artifacts.ts";
import { TrialRecorder } from "./trial-recorder.ts";

/** Bytes that a backend would have printed or left, to be sealed without running one. */
export interface StreamsInput {
  readonly lane: Lane;
  /** Pieces in the order in which they arrive; streams of the process may be interleaved. */
  readonly pieces: readonly { readonly stream: string; readonly bytes: Uint8Array }[];
  readonly end: ProcessEnd;
  readonly started: EventData<"run.started">;
  readonly key: KeyObject;
  readonly clock: Clock;
}

const OWN_ROLES: ReadonlyMap<string, Pick<ManifestFile, "role" | "mediaType">> = new Map([
  [BUNDLE_FILES.events, { role: "events", mediaType: "application/jsonl" }],
  [BUNDLE_FILES.observation, { role: "observation", mediaType: "application/json" }],
  [BUNDLE_FILES.report, { role: "report", mediaType: "application/json" }],
]);

/**
 * Translates, records and seals streams as a trial does, in memory and with nothing observed beside them; the bundle's files
 * by their paths. For showing that any bytes end sealed. Throws when the log that the bytes became is not sound.
 */
export async function sealStreams(input: StreamsInput): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>(
    ALWAYS_STAGED.map((name) => [`artifacts/${name}`, new Uint8Array()]),
  );
  files.set("artifacts/environment.json", writeStrictBytes({}));
  files.set("artifacts/remote-refs.json", writeStrictBytes({ before: null, after: null }));
  files.set("artifacts/secret-scan.json", writeStrictBytes({ declared: 0, hits: [] }));
  for (const [stream, bytes] of streamsOf(input)) files.set(`artifacts/${stream}.raw`, bytes);
  const log = await recorded(input);
  files.set(BUNDLE_FILES.events, log);
  const facts = emptyFacts();
  const checker = new EventLogChecker(BUNDLE_FILES.events, (event) => foldEvent(facts, event));
  checker.push(log);
  const events = checker.end();
  const derived = reportDocuments(facts, events, observationOf(input));
  if (events.findings.length > 0 || derived === null)
    throw new Error(`the log is not sound: ${JSON.stringify(events.findings[0] ?? null)}`);
  for (const [path, bytes] of derived.documents) files.set(path, bytes);
  const listed = [...files]
    .map(([path, bytes]) => {
      const role = OWN_ROLES.get(path) ?? ARTIFACT_ROLES_BY_PATH.get(path);
      if (role === undefined) throw new Error(`no role for ${path}`);
      return { path, ...role, size: bytes.length, sha256: sha256(bytes) };
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const sealed = sealDocuments(derived.report, events, listed, input.key);
  return new Map([...files, ...sealed]);
}

/** All that came of each stream. */
function streamsOf({ pieces }: StreamsInput): Map<string, Buffer> {
  const streams = new Map<string, Buffer[]>();
  for (const { stream, bytes } of pieces)
    streams.set(stream, [...(streams.get(stream) ?? []), Buffer.from(bytes)]);
  return new Map([...streams].map(([stream, parts]) => [stream, Buffer.concat(parts)]));
}

/** The event log that the streams become. */
async function recorded({ lane, pieces, end, started, clock }: StreamsInput): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const memory = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  const recorder = new TrialRecorder(memory, clock, new SecretMask([]));
  recorder.write("run.started", started);
  recorder.write("process.started", { argv: [], envKeys: [] });
  const translator = lane.translator({ workspace: "/workspace", outerBounds: started.boundsTier });
  for (const { stream, bytes } of pieces) recorder.writeDrafts(translator.push(stream, bytes));
  const nothing = { durationMs: 0, stdoutBytes: 0, stderrBytes: 0, survivors: 0 };
  recorder.write("process.ended", { ...end, ...nothing });
  recorder.writeDrafts(translator.end(end));
  for (const which of ["before", "after"] as const)
    recorder.write("snapshot.taken", {
      which,
      artifact: `artifacts/snapshot-${which}.jsonl`,
      sha256: sha256(""),
      entries: 0,
    });
  closeLog(recorder, null);
  await recorder.end();
  return Buffer.concat(chunks);
}

function observationOf({ started }: StreamsInput): Observation {
  return {
    schemaVersion: "1.0",
    trial: started.trial,
    preparation: { state: "ready", code: null, detail: "" },
    bounds: { requested: "default", tier: started.boundsTier, reason: "", evidence: null },
    workspace: { settled: true, changes: [], gitState: [] },
    protected: [],
    actions: FORBIDDEN_ACTIONS.map((action) => ({ action, verdict: "unknown", reason: "nothing ran" })),
    secrets: { declared: 0, hits: [] },
  };
}
