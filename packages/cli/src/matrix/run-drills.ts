import { randomUUID, type KeyObject } from "node:crypto";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, readdir, readFile, rm, appendFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  digestHex,
  SCHEMA_VERSION,
  sha256,
  signStatement,
  STATEMENT_TYPE,
  BUNDLE_FILES,
  type Timestamp,
} from "@stage6/evidence-interface";
import { readHashed, rootLayout, SealError } from "@stage6/evidence-interface/fs";
import {
  DRILL_PREDICATE,
  injectionFile,
  wayDigest,
  type Coverage,
  type Drill,
  type DrillStatement,
  type FailureMatrix,
  type LaneStanding,
} from "@stage6/failure-matrix";
import {
  RunnerError,
  runPlan,
  runTrial,
  systemClock,
  type LaneCandidate,
  type ReadyLane,
} from "@stage6/runner";
import { MATRIX_FILES } from "@stage6/validator";
import type { ProbePlaces } from "../probe-lanes.ts";
import { TOOL } from "../tool.ts";
import { writeNewFile } from "../write-new-file.ts";
import { DrillScene, type AvailableLane } from "./drill-scene.ts";
import { sourcePath } from "./record-injections.ts";

/** What drills are run with. */
export interface DrillInput {
  readonly root: string;
  readonly matrix: FailureMatrix;
  /** What the trials covered. */
  readonly coverage: Coverage;
  readonly lanes: readonly LaneStanding[];
  readonly candidates: readonly LaneCandidate[];
  readonly places: ProbePlaces;
  readonly wanted: (row: string, lane: string) => boolean;
  readonly key: KeyObject;
  readonly log: (line: string) => void;
  readonly interrupt: AbortSignal;
  readonly now: Timestamp;
}

/** Longest wait for a disturbed runner, ms. */
const CHILD_MS = 60_000;
/** Largest file that a runner on a full disk can write, in blocks of 512 bytes: an intent fits, an event log does not. */
const FULL_DISK_BLOCKS = 8;

const ready = ({ lane, probed }: AvailableLane): ReadyLane => ({
  lane,
  backend: probed.backend,
  version: probed.version,
});

async function runScene(scene: DrillScene, lane: ReadyLane): Promise<void> {
  await runPlan({
    root: scene.root,
    plan: scene.plan,
    harness: TOOL,
    lanes: new Map([[scene.trial.lane, lane]]),
    key: scene.key,
    clock: systemClock(),
    endpoint: null,
    concurrency: 1,
    onProgress: () => undefined,
    scratchParent: scene.root,
  });
}

/** Starts the runner as a process of its own, behind `shell` text that ends in its command. */
function startRunner(scene: DrillScene, places: ProbePlaces, shell: string): ChildProcess {
  const program = fileURLToPath(
    new URL(`./drill-child${extname(fileURLToPath(import.meta.url))}`, import.meta.url),
  );
  const child = spawn(
    "/bin/sh",
    ["-c", shell, "stage6-drill", process.execPath, ...process.execArgv, program],
    {
      cwd: scene.root,
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    },
  );
  const { root, plan, key } = scene;
  const order = {
    root,
    plan,
    key: key.export({ type: "pkcs8", format: "pem" }).toString(),
    backends: places.backends,
    configured: places.configured,
  };
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(JSON.stringify(order));
  return child;
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}

/** Waits until the trial is being recorded, or the deadline. */
async function untilStaged(scene: DrillScene, child: ChildProcess): Promise<void> {
  const { staging } = rootLayout(scene.root);
  const until = Date.now() + CHILD_MS;
  while (Date.now() < until && child.exitCode === null) {
    for (const name of await readdir(staging).catch(() => []))
      if ((await readdir(join(staging, name, "artifacts")).catch(() => [])).length > 2) return;
    await sleep(5);
  }
}

async function lost(scene: DrillScene): Promise<string[]> {
  const codes: string[] = [];
  if (!(await scene.hasBundle())) codes.push("NO_BUNDLE");
  if ((await scene.attempts()) === 1) codes.push("INTENT_KEPT");
  await runScene(scene, ready(scene.candidate));
  if ((await scene.hasBundle()) && (await scene.attempts()) === 2) codes.push("RECOVERED");
  return codes.toSorted();
}

async function runnerKilled(scene: DrillScene, places: ProbePlaces): Promise<string[]> {
  const child = startRunner(scene, places, 'exec "$@"');
  const gone = once(child, "exit", { signal: AbortSignal.timeout(CHILD_MS) });
  await untilStaged(scene, child);
  killGroup(child);
  await gone;
  return lost(scene);
}

async function diskFull(scene: DrillScene, places: ProbePlaces): Promise<string[]> {
  const child = startRunner(scene, places, `ulimit -f ${FULL_DISK_BLOCKS}; exec "$@"`);
  try {
    await once(child, "exit", { signal: AbortSignal.timeout(CHILD_MS) });
  } finally {
    killGroup(child);
  }
  return lost(scene);
}

async function trialReused(scene: DrillScene): Promise<string[]> {
  await runScene(scene, ready(scene.candidate));
  const manifest = join(scene.bundle, BUNDLE_FILES.manifest);
  const first = await readFile(manifest);
  const { lane, probed } = scene.candidate;
  const [planned] = scene.plan.lanes;
  const codes: string[] = [];
  try {
    await runTrial({
      root: scene.root,
      trial: scene.trial,
      attemptId: randomUUID(),
      plan: scene.plan,
      planDigest: sha256(JSON.stringify(scene.plan)),
      harness: TOOL,
      lane,
      backend: probed.backend,
      backendVersion: probed.version,
      model: planned?.model ?? { class: "none", provider: "", id: "" },
      endpoint: null,
      strict: null,
      fixture: scene.fixture,
      key: scene.key,
      clock: systemClock(),
      scratchParent: scene.root,
    });
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    codes.push(error.code);
  }
  if (first.equals(await readFile(manifest))) codes.push("FIRST_KEPT");
  return codes.toSorted();
}

async function backendChanged(scene: DrillScene): Promise<string[]> {
  const { backend } = scene.candidate.probed;
  const subject = backend.args[0] ?? backend.executable;
  const copy = join(scene.root, `changed-${basename(subject)}`);
  await copyFile(subject, copy);
  await appendFile(copy, "\n");
  const { sha256: changed } = await readHashed(copy, () => undefined);
  const codes: string[] = [];
  try {
    await runScene(scene, { ...ready(scene.candidate), backend: { ...backend, sha256: changed } });
  } catch (error) {
    if (!(error instanceof RunnerError)) throw error;
    codes.push(error.code);
  }
  if (!(await scene.hasBundle())) codes.push("NO_BUNDLE");
  return codes.toSorted();
}

function runDrill(drill: Drill, scene: DrillScene, places: ProbePlaces): Promise<string[]> {
  switch (drill) {
    case "runner-killed":
      return runnerKilled(scene, places);
    case "disk-full":
      return diskFull(scene, places);
    case "trial-reused":
      return trialReused(scene);
    case "backend-changed":
      return backendChanged(scene);
  }
}

/** Runs every wanted drill that has no record yet, each in a root of its own, and signs what came out. */
export async function runDrills(input: DrillInput): Promise<void> {
  const folder = join(input.root, MATRIX_FILES.injections);
  await mkdir(folder, { recursive: true });
  const known = new Set(await readdir(folder));
  for (const row of input.matrix.rows) {
    for (const [at, way] of row.ways.entries()) {
      const { injector } = way;
      if (injector.kind !== "runner-drill") continue;
      for (const candidate of input.candidates) {
        const lane = input.lanes.find(({ id }) => candidate.kind === "probed" && id === candidate.lane.id);
        if (lane === undefined || !isAvailable(candidate) || !way.lanes.includes(lane.id)) continue;
        const name = injectionFile(row.id, lane.id, at, true);
        const source = sourcePath(input.coverage, lane.id);
        if (!input.wanted(row.id, lane.id) || source === null || input.interrupt.aborted || known.has(name))
          continue;
        const fixture = source.split("/").at(-2) ?? "";
        const scene = await DrillScene.make(
          join(input.root, MATRIX_FILES.root, "fixtures", fixture),
          candidate,
          input.key,
        );
        try {
          const codes = await runDrill(injector.drill, scene, input.places);
          input.log(`${row.id} ${lane.id}  drill ${injector.drill}: ${codes.join(", ")}`);
          const digest = wayDigest(way);
          const statement: DrillStatement = {
            _type: STATEMENT_TYPE,
            subject: [{ name: `${row.id} ${lane.id} ${at}`, digest: { sha256: digestHex(digest) } }],
            predicateType: DRILL_PREDICATE,
            predicate: {
              schemaVersion: SCHEMA_VERSION,
              row: row.id,
              lane: lane.id,
              way: at,
              waySha256: digest,
              adapterVersion: lane.adapterVersion,
              backendSha256: lane.backendSha256,
              source: null,
              codes,
              recordedAt: input.now,
            },
          };
          const file = join(folder, name);
          await rm(file, { force: true });
          await writeNewFile(input.root, file, signStatement(statement, input.key));
        } finally {
          await scene.remove();
        }
      }
    }
  }
}

function isAvailable(candidate: LaneCandidate): candidate is AvailableLane {
  return candidate.kind === "probed" && candidate.probed.state === "available";
}
