import { closeSync, writeSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { arch, platform, release } from "node:os";
import { join } from "node:path";
import { FORBIDDEN_ACTIONS, type Event, type Observation, type Report } from "@stage6/evidence-interface";
import {
  HeldFolder,
  rootLayout,
  sealBundle,
  trialPath,
  UnsafeFileError,
} from "@stage6/evidence-interface/fs";
import type { EventDraft } from "@stage6/lane-contract";
import { closeLog } from "./close-log.ts";
import { sealable, type Preparation } from "./preparation.ts";
import { SecretMask } from "./secret-mask.ts";
import { soundEvents } from "./sound-events.ts";
import { startLog } from "./start-log.ts";
import { ARTIFACT_NAMES, ARTIFACT_ROLES_BY_PATH, TrialArtifacts } from "./trial-artifacts.ts";
import { observedBounds } from "./trial-bounds.ts";
import { TrialRecorder } from "./trial-recorder.ts";
import type { TrialSpec } from "./trial-spec.ts";

/** Artifacts that are made again, because the new log or observation speaks of them. */
const MADE_AGAIN: ReadonlySet<string> = new Set([
  "environment.json",
  "secret-scan.json",
  "bounds-self-test.json",
  "snapshot-before.jsonl",
  "snapshot-after.jsonl",
]);
const MAX_ARTIFACT_BYTES = 4 * 1024 ** 3;

/**
 * Seals what is left of a trial that began and left no whole evidence: a runner that was killed, or a staging that was
 * spoiled. Its log is cut at the last sound line, what cannot be read is empty, and nothing is said to be proven or
 * unchanged. `observed` is what was observed before, if anything was: what happened, happened.
 */
export async function sealRest(
  spec: TrialSpec,
  why: Preparation,
  observed: Observation | null = null,
): Promise<Report> {
  const layout = rootLayout(spec.root);
  const staging = join(layout.staging, `${spec.attemptId}-rest`);
  await rm(staging, { recursive: true, force: true });
  await mkdir(join(staging, "artifacts"), { recursive: true });
  try {
    const mask = new SecretMask(spec.endpoint === null ? [] : [spec.endpoint.apiKey.value]);
    const artifacts = new TrialArtifacts(join(staging, "artifacts"), mask);
    const stamp = { now: spec.clock.now(), mono: 0 };
    const clock = { now: () => stamp.now, mono: () => stamp.mono };
    const recorder = new TrialRecorder(join(staging, "events.jsonl"), clock, mask);
    try {
      const left = holdLeftovers(join(layout.staging, spec.attemptId));
      try {
        const sizes = left === null ? new Map<string, number>() : copyArtifacts(left, staging);
        await replay(spec, recorder, left, sizes, stamp);
      } finally {
        left?.close();
      }
      for (const which of ["before", "after"] as const) {
        const name = `snapshot-${which}.jsonl`;
        const digest = await artifacts.writeChunks(name, []);
        const artifact = `artifacts/${name}`;
        recorder.write("snapshot.taken", { which, artifact, sha256: digest, entries: 0 });
      }
      closeLog(recorder, why.code);
      await recorder.end();
    } catch (error) {
      recorder.discard();
      throw error;
    }
    await artifacts.complete({
      platform: platform(),
      arch: arch(),
      kernel: release(),
      node: process.versions.node,
      boundsTier: spec.plan.boundsTier,
      envKeys: [],
    });
    const secrets = { declared: mask.declared, hits: mask.hits() };
    return await sealBundle({
      staging,
      root: spec.root,
      target: join(layout.runs, trialPath(spec.trial)),
      observation: { ...restOf(spec, why, observed), secrets },
      roles: ARTIFACT_ROLES_BY_PATH,
      key: spec.key,
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

function holdLeftovers(path: string): HeldFolder | null {
  try {
    return HeldFolder.open(path);
  } catch (error) {
    if (error instanceof UnsafeFileError) return null;
    throw error;
  }
}

/** Copies what can be read of the staged artifacts; the size of each by its path in the bundle. */
function copyArtifacts(left: HeldFolder, staging: string): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  const target = HeldFolder.open(staging);
  try {
    for (const name of ARTIFACT_NAMES.filter((one) => !MADE_AGAIN.has(one))) {
      const path = `artifacts/${name}`;
      let copy: number | null = null;
      try {
        const size = left.readChunks(path, { maxBytes: MAX_ARTIFACT_BYTES }, (chunk) => {
          copy ??= target.createFile(path, 0o644);
          for (let done = 0; done < chunk.length;) done += writeSync(copy, chunk, done);
        });
        copy ??= target.createFile(path, 0o644);
        sizes.set(path, size);
      } catch (error) {
        if (!(error instanceof UnsafeFileError)) throw error;
      } finally {
        if (copy !== null) closeSync(copy);
      }
    }
  } finally {
    target.close();
  }
  return sizes;
}

/** Writes the beginning that the plan fixes, and behind it the old log as far as it is sound and its bytes are there. */
async function replay(
  spec: TrialSpec,
  recorder: TrialRecorder,
  left: HeldFolder | null,
  sizes: ReadonlyMap<string, number>,
  stamp: { now: number; mono: number },
): Promise<void> {
  startLog(recorder, spec);
  if (left === null) return;
  let isSound = true;
  soundEvents(left, (event) => {
    isSound &&= reaches(event, sizes);
    if (!isSound) return;
    stamp.now = Date.parse(event.ts);
    stamp.mono = event.mono;
    writeAgain(recorder, event);
  });
  await recorder.drain();
}

/** Whether the bytes that an event was read from are there. */
function reaches(event: Event, sizes: ReadonlyMap<string, number>): boolean {
  if (!("raw" in event.data)) return true;
  const { artifact, offset, length } = event.data.raw;
  return offset + length <= (sizes.get(artifact) ?? -1);
}

function writeAgain(recorder: TrialRecorder, event: Event): void {
  switch (event.type) {
    case "run.started":
    case "backend.probed":
    case "snapshot.taken":
    case "oracle.ended":
    case "checkpoint":
    case "run.ended":
      return;
    case "workspace.prepared":
      return recorder.write(event.type, event.data);
    case "process.started":
      return recorder.write(event.type, event.data);
    case "process.ended":
      return recorder.write(event.type, event.data);
    case "limit.reached":
      return recorder.write(event.type, event.data);
    case "action.attempted":
      return recorder.write(event.type, event.data);
    case "model.requested":
      return recorder.write(event.type, event.data);
    case "model.answered":
      return recorder.write(event.type, event.data);
    default:
      return recorder.writeDrafts([draftOf(event)]);
  }
}

type LaneEvent = Extract<Event, { data: { raw: unknown } }>;

/** A lane's event as the draft that it was made from. */
function draftOf({ type, data }: LaneEvent): EventDraft {
  const { raw, ...rest } = data;
  const stream = raw.artifact.replace(/^artifacts\//, "").replace(/\.raw$/, "");
  return { type, raw: { stream, offset: raw.offset, length: raw.length }, data: rest } as EventDraft;
}

function restOf(
  spec: TrialSpec,
  why: Preparation,
  observed: Observation | null,
): Omit<Observation, "secrets"> {
  const happened = new Map(
    (observed?.actions ?? [])
      .map((one) => [one.action, one] as const)
      .filter(([, one]) => one.verdict === "happened"),
  );
  return {
    schemaVersion: "1.0",
    trial: spec.trial,
    preparation: sealable(why, null),
    bounds: { ...observedBounds(spec, null, null), reason: "the trial's evidence is not whole" },
    // No reader can say of a trial like this that something stayed as it was.
    workspace: {
      settled: false,
      changes: observed?.workspace.changes ?? [],
      gitState: observed?.workspace.gitState ?? [],
    },
    protected: observed?.protected ?? [],
    actions: FORBIDDEN_ACTIONS.map(
      (action) =>
        happened.get(action) ?? { action, verdict: "unknown", reason: "the trial's evidence is not whole" },
    ),
  };
}
