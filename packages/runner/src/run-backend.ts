import { playableScript } from "./scripted-model/playable-script.ts";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import {
  BoundsError,
  RUN_MARKER,
  superviseProcess,
  type Door,
  type ProcessEnd as SupervisedEnd,
  type ProcessSpec,
  type Snapshot,
} from "@stage6/bounds";
import type { Limits, Observation } from "@stage6/evidence-interface";
import { HeldFolder } from "@stage6/evidence-interface/fs";
import type { LanePlan, LaneRequest, ProcessEnd, Translator } from "@stage6/lane-contract";
import { collectStream } from "./collect-streams.ts";
import { moveState } from "./move-state.ts";
import type { ModelSide } from "./model-side.ts";
import type { StrictTrial } from "./strict-trial.ts";
import { superviseTool } from "./run-backend-tool.ts";
import { shownArgv } from "./shown-argv.ts";
import type { ToolCap } from "./tool-cap.ts";
import { toolPath } from "./tool-path.ts";
import type { TrialFolders } from "./trial-folders.ts";
import type { TrialRecorder } from "./trial-recorder.ts";
import type { TrialSpec } from "./trial-spec.ts";
import { wrapPlan } from "./wrap-plan.ts";

const PREFLIGHT_TIMEOUT_MS = 60_000;
const GRACE_MS = 2000;

/** What driving a backend needs besides the trial itself. */
export interface BackendRun {
  readonly spec: TrialSpec;
  readonly folders: TrialFolders;
  readonly recorder: TrialRecorder;
  readonly artifacts: string;
  readonly model: ModelSide;
  readonly tools: ToolCap;
  /** The tree before the backend. */
  readonly before: Snapshot;
  /** Strict bounds to run in; null in the default tier. */
  readonly strict: StrictTrial | null;
  /** User ids whose files below the trial's folders are taken. */
  readonly owners: readonly number[];
  /** Worthless secret whose appearance in any artifact shows a leak. */
  readonly canary: string;
}

type Refusal = Observation["preparation"];

/** Why a backend was not started, or null, and the names of its environment. */
interface BackendOutcome {
  readonly refusal: Refusal | null;
  readonly envKeys: readonly string[];
}

/** The trial's folders that the backend writes to. */
interface HeldFolders {
  readonly lane: HeldFolder;
  readonly workspace: HeldFolder;
}

/** Writes the lane's files, checks that it can run here, spawns it under limits and translates what it prints. Null, or why it was not started. */
export async function runBackend(run: BackendRun): Promise<BackendOutcome> {
  // Held from before the backend on: whatever it puts in the place of a folder, these are the ones that were made for it.
  const lane = HeldFolder.open(run.folders.laneDir, { owners: run.owners });
  try {
    const workspace = HeldFolder.open(run.folders.workspace, { owners: run.owners });
    try {
      return await driveBackend(run, { lane, workspace });
    } finally {
      workspace.close();
    }
  } finally {
    lane.close();
  }
}

async function driveBackend(run: BackendRun, held: HeldFolders): Promise<BackendOutcome> {
  const plan = planLane(run);
  const env = { ...plan.env, ...proxyEnv(run), STAGE6_CANARY: run.canary };
  const envKeys = [...Object.keys(env), RUN_MARKER].toSorted();
  const refusal = prepareLane(run, plan, held.lane) ?? (await preflight(run, plan));
  if (refusal !== null) return { refusal, envKeys };
  const argv = shownArgv(plan.argv, { scratch: run.folders.scratch, backend: run.spec.backend });
  run.recorder.write("process.started", { argv, envKeys });
  const translator = run.spec.lane.translator({
    workspace: run.folders.workspace,
    outerBounds: run.spec.plan.boundsTier,
  });
  const end = await supervise(run, plan, env, translator);
  // Closed before the stream's closing records, so that a request left open is told as unanswered in its place.
  await run.model.close();
  if (plan.stateFolder !== undefined) {
    const kept = moveState(held.workspace, held.lane, plan.stateFolder);
    if (kept !== null) run.recorder.writeGap("stdout", 0, kept);
  }
  await translateRest(run, plan, translator, end, held.lane);
  return { refusal: null, envKeys };
}

function planLane({ spec, folders, model }: BackendRun): LanePlan {
  const { commands } = spec.fixture.fixture;
  const script = playableScript(spec.fixture.fixture, spec.lane);
  const request: LaneRequest = {
    backend: { executable: spec.backend.executable, args: spec.backend.args },
    backendVersion: spec.backendVersion,
    task: spec.fixture.task,
    workspace: folders.workspace,
    laneDir: folders.laneDir,
    home: folders.home,
    tmp: folders.tmp,
    gatewayUrl: model.url,
    model: spec.model,
    idleMs: spec.plan.limits.idleMs,
    allowedPaths: spec.fixture.fixture.allowedPaths,
    ...(commands === undefined ? {} : { commands }),
    script: spec.lane.modelClass === "none" ? script : null,
    path: `${folders.shims}:${toolPath()}`,
    outerBounds: spec.plan.boundsTier,
  };
  const plan = spec.lane.plan(request);
  const wrapper = script?.wrapper;
  return wrapper === undefined ? plan : wrapPlan(plan, wrapper, request);
}

/** Inside strict bounds the gateway is the only way out: as a proxy it refuses every request, and records those that carry the trial's token. */
function proxyEnv({ strict, model: { proxyUrl } }: BackendRun): Record<string, string> {
  if (strict === null || proxyUrl === null) return {};
  const direct = "127.0.0.1,localhost";
  return {
    HTTP_PROXY: proxyUrl,
    HTTPS_PROXY: proxyUrl,
    NO_PROXY: direct,
    http_proxy: proxyUrl,
    https_proxy: proxyUrl,
    no_proxy: direct,
  };
}

function prepareLane({ before }: BackendRun, plan: LanePlan, lane: HeldFolder): Refusal | null {
  for (const path of plan.refuseWhenPresent) {
    if (before.get(path) === undefined) continue;
    return {
      state: "refused",
      code: "TARGET_UNSAFE_FOR_LANE",
      detail: `the target holds ${path}, which this backend would obey`,
    };
  }
  for (const { path, content, executable } of plan.files)
    lane.write(path, Buffer.from(content), executable === true ? 0o700 : 0o600);
  return null;
}

function workingFolder(folders: TrialFolders, plan: LanePlan): string {
  return plan.cwd === "workspace" ? folders.workspace : folders.laneDir;
}

async function preflight({ folders, strict }: BackendRun, plan: LanePlan): Promise<Refusal | null> {
  if (plan.preflight === null) return null;
  const options = {
    cwd: workingFolder(folders, plan),
    env: plan.env,
    timeoutMs: PREFLIGHT_TIMEOUT_MS,
    maxBytes: 65_536,
  };
  const { argv } = plan.preflight;
  const ran =
    strict?.preflight(argv, options) ??
    superviseTool(await mkdtemp(join(folders.bounds, "preflight-")), argv, options).then(
      ({ exitCode }) => exitCode,
    );
  const exitCode = await ran.catch((error: unknown) => {
    if (error instanceof BoundsError && error.code === "TOOL_NOT_STARTED") return null;
    throw error;
  });
  if (exitCode === 0) return null;
  return {
    state: "lane-unavailable",
    code: "PREFLIGHT_FAILED",
    detail: `${plan.preflight.detail} ${plan.preflight.remedy}`,
  };
}

async function supervise(
  run: BackendRun,
  plan: LanePlan,
  env: Record<string, string>,
  translator: Translator,
): Promise<ProcessEnd> {
  const { spec, folders, recorder, artifacts, model, strict, tools } = run;
  const { limits } = spec.plan;
  const processSpec: ProcessSpec = {
    argv: plan.argv,
    cwd: workingFolder(folders, plan),
    env,
    stdin: plan.stdin,
    limits,
    stdoutFile: join(artifacts, "stdout.raw"),
    stderrFile: join(artifacts, "stderr.raw"),
    ownDirs: [folders.scratch],
    onChunk: (stream, chunk) => recorder.writeDrafts(tools.told(translator.push(stream, chunk))),
    toolLimit: tools.signal,
    activity: model.activity,
    graceMs: GRACE_MS,
    ...(spec.interrupt === undefined ? {} : { signal: spec.interrupt }),
    ...(model.limit === null ? {} : { requestLimit: model.limit }),
  };
  const end = await (strict?.superviseBackend(processSpec, doorTo(model)) ?? superviseProcess(processSpec));
  recordLimit(recorder, end, limits, tools.calls);
  recorder.write("process.ended", {
    exitCode: end.exitCode,
    signal: end.signal,
    endedBy: end.endedBy,
    durationMs: end.durationMs,
    stdoutBytes: end.stdoutBytes,
    stderrBytes: end.stderrBytes,
    survivors: end.survivors.length,
  });
  return { exitCode: end.exitCode, signal: end.signal, endedBy: end.endedBy };
}

/** The way into a sandbox's own network that leads to the gateway; null without one. */
function doorTo({ url, accept }: ModelSide): Door | null {
  return url === null || accept === null ? null : { port: Number(new URL(url).port), onConnection: accept };
}

function recordLimit(recorder: TrialRecorder, end: SupervisedEnd, limits: Limits, toolCalls: number): void {
  const bytes = Math.max(end.stdoutBytes, end.stderrBytes);
  switch (end.endedBy) {
    case "total-limit":
      return recorder.write("limit.reached", {
        limit: end.endedBy,
        allowed: limits.totalMs,
        observed: end.durationMs,
      });
    case "idle-limit":
      return recorder.write("limit.reached", {
        limit: end.endedBy,
        allowed: limits.idleMs,
        observed: end.durationMs,
      });
    case "output-limit":
      return recorder.write("limit.reached", {
        limit: end.endedBy,
        allowed: limits.outputBytes,
        observed: bytes,
      });
    case "line-limit":
      return recorder.write("limit.reached", {
        limit: end.endedBy,
        allowed: limits.lineBytes,
        observed: bytes,
      });
    case "request-limit":
      return recorder.write("limit.reached", {
        limit: end.endedBy,
        allowed: limits.modelRequests,
        observed: limits.modelRequests + 1,
      });
    case "tool-limit":
      return recorder.write("limit.reached", {
        limit: end.endedBy,
        allowed: limits.toolCalls ?? 0,
        observed: toolCalls,
      });
    case "disk-limit":
      return recorder.write("limit.reached", {
        limit: end.endedBy,
        allowed: limits.diskBytes ?? 0,
        observed: end.peak.diskBytes ?? 0,
      });
    case "memory-limit":
      return recorder.write("limit.reached", {
        limit: end.endedBy,
        allowed: limits.memoryBytes ?? 0,
        observed: end.peak.memoryBytes ?? 0,
      });
    case "exit":
    case "interrupt":
    case "spawn-failure":
      return undefined;
  }
}

/** Translates what the backend left in files; its calls count like those that it printed. */
async function translateRest(
  { spec, recorder, artifacts, tools }: BackendRun,
  plan: LanePlan,
  translator: Translator,
  end: ProcessEnd,
  lane: HeldFolder,
): Promise<void> {
  for (const collect of plan.collect) {
    const { stream } = collect;
    await collectStream(lane, collect, join(artifacts, `${stream}.raw`), {
      onChunk: (chunk) => recorder.writeDrafts(tools.told(translator.push(stream, chunk))),
      onGap: (offset, reason) => recorder.writeGap(stream, offset, reason),
      drain: () => recorder.drain(),
    });
  }
  recorder.writeDrafts(tools.told(translator.end(end)));
  const { toolCalls } = spec.plan.limits;
  if (tools.signal.aborted && end.endedBy !== "tool-limit" && toolCalls !== undefined)
    recorder.write("limit.reached", { limit: "tool-limit", allowed: toolCalls, observed: tools.calls });
  await recorder.drain();
}
