import type { KeyObject } from "node:crypto";
import { appendFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  FORBIDDEN_ACTIONS,
  sha256,
  type EventData,
  type Observation,
  type Report,
} from "@stage6/evidence-interface";
import { sealBundle } from "@stage6/evidence-interface/fs";
import type { Lane, ProcessEnd } from "@stage6/lane-contract";
import type { Clock } from "./clock.ts";
import { closeLog } from "./close-log.ts";
import { SecretMask } from "./secret-mask.ts";
import { ARTIFACT_ROLES_BY_PATH, TrialArtifacts } from "./trial-artifacts.ts";
import { TrialRecorder } from "./trial-recorder.ts";

/** Bytes that a backend would have printed or left, to be sealed without running one. */
export interface StreamsInput {
  readonly lane: Lane;
  /** Pieces in the order in which they arrive; streams of the process may be interleaved. */
  readonly pieces: readonly { readonly stream: string; readonly bytes: Uint8Array }[];
  readonly end: ProcessEnd;
  readonly started: EventData<"run.started">;
  /** Folder of the bundle, which must not exist; its parent takes the staging. */
  readonly target: string;
  readonly key: KeyObject;
  readonly clock: Clock;
}

/** Translates, records and seals streams just as a trial does, with nothing observed beside them. For showing that any bytes end sealed. */
export async function sealStreams({
  lane,
  pieces,
  end,
  started,
  target,
  key,
  clock,
}: StreamsInput): Promise<Report> {
  const staging = `${target}-staging`;
  const folder = join(staging, "artifacts");
  await mkdir(folder, { recursive: true });
  const mask = new SecretMask([]);
  const artifacts = new TrialArtifacts(folder, mask);
  const recorder = new TrialRecorder(join(staging, "events.jsonl"), clock, mask);
  try {
    recorder.write("run.started", started);
    recorder.write("process.started", { argv: [], envKeys: [] });
    const translator = lane.translator({ workspace: "/workspace", outerBounds: started.boundsTier });
    for (const { stream, bytes } of pieces) {
      appendFileSync(join(folder, `${stream}.raw`), bytes);
      recorder.writeDrafts(translator.push(stream, bytes));
    }
    recorder.write("process.ended", {
      ...end,
      durationMs: 0,
      stdoutBytes: 0,
      stderrBytes: 0,
      survivors: 0,
    });
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
    await artifacts.complete({});
    const observation: Observation = {
      schemaVersion: "1.0",
      trial: started.trial,
      preparation: { state: "ready", code: null, detail: "" },
      bounds: { requested: "default", tier: started.boundsTier, reason: "", evidence: null },
      workspace: { settled: true, changes: [], gitState: [] },
      protected: [],
      actions: FORBIDDEN_ACTIONS.map((action) => ({ action, verdict: "unknown", reason: "nothing ran" })),
      secrets: { declared: 0, hits: [] },
    };
    return await sealBundle({
      staging,
      root: dirname(target),
      target,
      observation,
      roles: ARTIFACT_ROLES_BY_PATH,
      key,
    });
  } finally {
    recorder.discard();
    await rm(staging, { recursive: true, force: true });
  }
}
