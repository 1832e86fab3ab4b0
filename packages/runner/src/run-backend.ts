import { playableScript } from "./scripted-model/playable-script.ts";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
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
  /** Worthless secret whose appearance in any artifact shows a leak. */
  readonly canary: string;
}

type Refusal = Observation["preparation"];

/** Writes the lane's files, checks that it can run here, spawns it under limits and translates what it prints. Null, or why it was not started. */
export async function runBackend(
  run: BackendRun,
): Promise<{ readonly refusal: Refusal | null; readonly envKeys: readonly string[] }> {
  const plan = planLane(run);
  const env = { ...plan.env, ...proxyEnv(run), STAGE6_CANARY: run.canary };
  const envKeys = [...Object.keys(env), RUN_MARKER].toSorted();
  const refusal = (await prepareLane(run, plan)) ?? (await preflight(run, plan));
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
  if (plan.stateFolder !== undefined) await moveState(run.folders, plan.stateFolder);
  await translateRest(run, plan, translator, end);
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

async function prepareLane({ folders, before }: BackendRun, plan: LanePlan): Promise<Refusal | null> {
  for (const path of plan.refuseWhenPresent) {
    if (before.get(path) === undefined) continue;
    return {
      state: "refused",
      code: "TARGET_UNSAFE_FOR_LANE",
      detail: `the target holds ${path}, which this backend would obey`,
    };
  }
  for (const file of plan.files) {
    const path = join(folders.laneDir, file.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.content, { flag: "wx", mode: file.executable === true ? 0o700 : 0o600 });
  }
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

async function translateRest(
  { folders, recorder, artifacts }: BackendRun,
  plan: LanePlan,
  translator: Translator,
  end: ProcessEnd,
): Promise<void> {
  for (const collect of plan.collect) {
    await collectStream(folders.laneDir, collect, join(artifacts, `${collect.stream}.raw`), (chunk) => {
      recorder.writeDrafts(translator.push(collect.stream, chunk));
    });
  }
  recorder.writeDrafts(translator.end(end));
  await recorder.drain();
}
