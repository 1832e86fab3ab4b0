import { randomUUID } from "node:crypto";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFile, copyFile, readdir, readFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { BUNDLE_FILES, sha256 } from "@stage6/evidence-interface";
import { readHashed, rootLayout, SealError } from "@stage6/evidence-interface/fs";
import type { Drill } from "@stage6/failure-matrix";
import { RunnerError, runPlan, runTrial, systemClock, type ReadyLane } from "@stage6/runner";
import { TOOL } from "../tool.ts";
import type { DrillScene } from "./drill-scene.ts";

/** The runner as a drill meets it. A test puts one without its defences in its place, and the drill has to tell. */
export interface DrilledRunner {
  /** Runs what is missing of the scene's plan, in this process. */
  readonly runPlan: (scene: DrillScene, lane: ReadyLane) => Promise<void>;
  /** Runs the scene's one trial, whether it is there or not. */
  readonly runTrial: (scene: DrillScene) => Promise<void>;
  /** Starts a runner as a process of its own, behind `shell` text that ends in its command. */
  readonly start: (scene: DrillScene, shell: string) => ChildProcess;
}

/** Longest wait for a disturbed runner, ms. */
const CHILD_MS = 60_000;
/** Largest file that a runner on a full disk can write, in blocks of 512 bytes: an intent fits; no report and no manifest does, however early the backend ended. */
const FULL_DISK_BLOCKS = 4;

/** The runner itself; its own process is started with these options of Node. */
export const runnerWith = (execArgv: readonly string[]): DrilledRunner => ({
  async runPlan(scene, lane) {
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
  },
  async runTrial(scene) {
    const { lane, backend, version } = scene.lane;
    const [planned] = scene.plan.lanes;
    await runTrial({
      root: scene.root,
      trial: scene.trial,
      attemptId: randomUUID(),
      plan: scene.plan,
      planDigest: sha256(JSON.stringify(scene.plan)),
      harness: TOOL,
      lane,
      backend,
      backendVersion: version,
      model: planned?.model ?? { class: "none", provider: "", id: "" },
      endpoint: null,
      strict: null,
      fixture: scene.fixture,
      key: scene.key,
      clock: systemClock(),
      scratchParent: scene.root,
    });
  },
  start(scene, shell) {
    const program = fileURLToPath(
      new URL(`./drill-child${extname(fileURLToPath(import.meta.url))}`, import.meta.url),
    );
    const child = spawn("/bin/sh", ["-c", shell, "stage6-drill", process.execPath, ...execArgv, program], {
      cwd: scene.root,
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    const { root, plan, key } = scene;
    // What was probed is told and not probed again: on a full disk a probe could not even start.
    const { backend, version } = scene.lane;
    const order = {
      root,
      plan,
      key: key.export({ type: "pkcs8", format: "pem" }).toString(),
      backend,
      version,
    };
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(JSON.stringify(order));
    return child;
  },
});

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

/** What a runner left that ended before its trial was whole, and whether the next one seals that attempt and begins no other. */
async function lost(scene: DrillScene, runner: DrilledRunner): Promise<string[]> {
  const codes: string[] = [];
  const early = await scene.hasBundle();
  const begun = await scene.attempts();
  if (!early) codes.push("NO_BUNDLE");
  if (begun.length === 1) codes.push("INTENT_KEPT");
  await runner.runPlan(scene, scene.lane);
  const sealed = !early && (await scene.hasBundle());
  if (sealed && begun.length === 1 && isDeepStrictEqual(await scene.attempts(), begun))
    codes.push("RECOVERED");
  return codes.toSorted();
}

async function runnerKilled(scene: DrillScene, runner: DrilledRunner): Promise<string[]> {
  const child = runner.start(scene, 'exec "$@"');
  const gone = once(child, "exit", { signal: AbortSignal.timeout(CHILD_MS) });
  await untilStaged(scene, child);
  killGroup(child);
  await gone;
  return lost(scene, runner);
}

async function diskFull(scene: DrillScene, runner: DrilledRunner): Promise<string[]> {
  const child = runner.start(scene, `ulimit -f ${FULL_DISK_BLOCKS}; exec "$@"`);
  try {
    await once(child, "exit", { signal: AbortSignal.timeout(CHILD_MS) });
  } finally {
    killGroup(child);
  }
  return lost(scene, runner);
}

async function trialReused(scene: DrillScene, runner: DrilledRunner): Promise<string[]> {
  await runner.runPlan(scene, scene.lane);
  const manifest = join(scene.bundle, BUNDLE_FILES.manifest);
  const first = await readFile(manifest);
  const codes: string[] = [];
  try {
    await runner.runTrial(scene);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    codes.push(error.code);
  }
  if (first.equals(await readFile(manifest))) codes.push("FIRST_KEPT");
  return codes.toSorted();
}

async function backendChanged(scene: DrillScene, runner: DrilledRunner): Promise<string[]> {
  const { backend } = scene.lane;
  const subject = backend.args[0] ?? backend.executable;
  const copy = join(scene.root, `changed-${basename(subject)}`);
  await copyFile(subject, copy);
  await appendFile(copy, "\n");
  const { sha256: changed } = await readHashed(copy, () => undefined);
  const codes: string[] = [];
  try {
    await runner.runPlan(scene, { ...scene.lane, backend: { ...backend, sha256: changed } });
  } catch (error) {
    if (!(error instanceof RunnerError)) throw error;
    codes.push(error.code);
  }
  if (!(await scene.hasBundle())) codes.push("NO_BUNDLE");
  return codes.toSorted();
}

/** Disturbs the runner while the scene's trial is due; the codes of what was seen to hold, sorted. */
export function runDrill(drill: Drill, scene: DrillScene, runner: DrilledRunner): Promise<string[]> {
  switch (drill) {
    case "runner-killed":
      return runnerKilled(scene, runner);
    case "disk-full":
      return diskFull(scene, runner);
    case "trial-reused":
      return trialReused(scene, runner);
    case "backend-changed":
      return backendChanged(scene, runner);
  }
}
