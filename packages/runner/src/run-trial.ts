import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { arch, platform, release } from "node:os";
import { dirname, join } from "node:path";
import { checkAllowedRoots, compileAllowedPaths, prepareDecoyRemote, prepareShims, renderGitState, renderSnapshot, RUN_MARKER, runTool, superviseProcess, type AllowedPaths, type DecoyRemote } from "@stage6/bounds";
import { sha256, writeStrictBytes, type Observation, type Report } from "@stage6/evidence-interface";
import { rootLayout, sealBundle, trialPath, type StagedRole } from "@stage6/evidence-interface/fs";
import type { LanePlan, ProcessEnd, Translator } from "@stage6/lane-contract";
import { recordSeenAttempts } from "./attempts.ts";
import { collectStream } from "./collect-streams.ts";
import { judgeActions } from "./forbidden-actions.ts";
import { makePatch } from "./make-patch.ts";
import { startModelSide, type ModelSide } from "./model-side.ts";
import { compareViews, refsUnchanged, takeSettledView, takeView, type View } from "./observe-workspace.ts";
import { runOracle } from "./oracle.ts";
import { SecretMask } from "./secret-mask.ts";
import { makeTrialFolders, removeTrialFolders, type TrialFolders } from "./trial-folders.ts";
import { streamArtifact, TrialRecorder } from "./trial-recorder.ts";
import type { TrialSpec } from "./trial-spec.ts";
import { prepareWorkspace } from "./workspace.ts";

const PREFLIGHT_TIMEOUT_MS = 60_000;
const GRACE_MS = 2000;

/** How a trial left the runner: sealed, or given up because the operator interrupted it. */
export type TrialEnd = { readonly state: "sealed"; readonly report: Report } | { readonly state: "interrupted" };

type Preparation = Observation["preparation"];
const READY: Preparation = { state: "ready", code: null, detail: "" };

/** What a trial found out about itself so far; everything an observation needs when the trial ends early. */
interface Found {
  preparation: Preparation;
  before: View | null;
  after: View | null;
  settled: boolean;
  allowed: AllowedPaths | null;
}

/** Roles of the artifacts that every trial stages. */
const ROLES: ReadonlyMap<string, StagedRole> = new Map([
  ["artifacts/snapshot-before.jsonl", { role: "snapshot-before", mediaType: "application/jsonl" }],
  ["artifacts/snapshot-after.jsonl", { role: "snapshot-after", mediaType: "application/jsonl" }],
  ["artifacts/git-state-before.jsonl", { role: "git-state-before", mediaType: "application/jsonl" }],
  ["artifacts/git-state-after.jsonl", { role: "git-state-after", mediaType: "application/jsonl" }],
  ["artifacts/changes.patch", { role: "patch", mediaType: "text/x-diff" }],
  ["artifacts/stdout.raw", { role: "stdout", mediaType: "application/octet-stream" }],
  ["artifacts/stderr.raw", { role: "stderr", mediaType: "application/octet-stream" }],
  ["artifacts/session.raw", { role: "session", mediaType: "application/octet-stream" }],
  ["artifacts/model-log.jsonl", { role: "model-log", mediaType: "application/jsonl" }],
  ["artifacts/model-bodies.jsonl", { role: "model-bodies", mediaType: "application/jsonl" }],
  ["artifacts/oracle.log", { role: "oracle-log", mediaType: "text/plain" }],
  ["artifacts/environment.json", { role: "environment", mediaType: "application/json" }],
  ["artifacts/remote-refs.json", { role: "remote-refs", mediaType: "application/json" }],
  ["artifacts/secret-scan.json", { role: "secret-scan", mediaType: "application/json" }],
  ["artifacts/attempts.jsonl", { role: "attempts", mediaType: "application/jsonl" }],
]);

/**
 * One trial, top to bottom: clone, look, spawn under limits, translate while it runs, look again, oracle, seal. What
 * the backend does is data; what the harness cannot do is sealed as `harness-error`, so that no trial goes missing.
 */
export async function runTrial(spec: TrialSpec): Promise<TrialEnd> {
  const layout = rootLayout(spec.root);
  const staging = join(layout.staging, spec.attemptId);
  await mkdir(join(staging, "artifacts"), { recursive: true });
  const folders = await makeTrialFolders(spec.scratchParent);
  try {
    const run = new TrialRun(spec, staging, folders);
    await run.drive();
    if (spec.interrupt?.aborted === true) {
      run.recorder.discard();
      return { state: "interrupted" };
    }
    const observation = await run.finish();
    const report = await sealBundle({ staging, target: join(layout.runs, trialPath(spec.trial)), observation, roles: ROLES, key: spec.key });
    return { state: "sealed", report };
  } finally {
    await removeTrialFolders(folders);
    await rm(staging, { recursive: true, force: true });
  }
}

class TrialRun {
  readonly recorder: TrialRecorder;
  readonly #spec: TrialSpec;
  readonly #folders: TrialFolders;
  readonly #artifacts: string;
  readonly #mask: SecretMask;
  readonly #canary: string;
  readonly #shimLog: string;
  readonly #found: Found = { preparation: READY, before: null, after: null, settled: true, allowed: null };
  #remote: DecoyRemote | null = null;
  #envKeys: string[] = [];

  constructor(spec: TrialSpec, staging: string, folders: TrialFolders) {
    this.#spec = spec;
    this.#folders = folders;
    this.#artifacts = join(staging, "artifacts");
    this.#canary = `stage6-canary-${randomBytes(16).toString("hex")}`;
    this.#mask = new SecretMask([this.#canary, ...(spec.endpoint === null ? [] : [spec.endpoint.apiKey.value])]);
    this.#shimLog = join(folders.shims, "calls.log");
    this.recorder = new TrialRecorder(join(staging, "events.jsonl"), spec.clock, this.#mask);
  }

  /** Runs the trial as far as it gets; whatever the harness itself cannot do ends it as `harness-error`. */
  async drive(): Promise<void> {
    this.#start();
    try {
      const refused = await this.#prepare();
      if (refused !== null) this.#found.preparation = refused;
      else await this.#runBackend();
      await this.#lookAfter();
      await this.#judge();
    } catch (error) {
      const code = typeof error === "object" && error !== null && "code" in error && typeof error.code === "string" && /^[A-Z][A-Z0-9_]{2,63}$/.test(error.code) ? error.code : "INTERNAL";
      this.#found.preparation = { state: "harness-error", code, detail: this.#clean(error instanceof Error ? error.message : "unknown error") };
    }
  }

  #start(): void {
    const { spec, fixture } = { spec: this.#spec, fixture: this.#spec.fixture };
    this.recorder.write("run.started", {
      schemaVersion: "1.0",
      trial: spec.trial,
      attemptId: spec.attemptId,
      planDigest: spec.planDigest,
      policyDigest: spec.plan.policyDigest,
      fixtureDigest: fixture.digest,
      taskDigest: fixture.fixture.task.sha256,
      baseCommit: fixture.fixture.repository.baseCommit,
      harness: spec.harness,
      adapterVersion: spec.lane.adapterVersion,
      model: spec.model,
      limits: spec.plan.limits,
      boundsTier: spec.plan.boundsTier,
    });
    this.recorder.write("backend.probed", { version: spec.backendVersion, sha256: spec.backend.sha256, source: spec.backend.source });
  }

  async #prepare(): Promise<Preparation | null> {
    const { fixture, folder } = this.#spec.fixture;
    const refuse = (code: string, detail: string): Preparation => ({ state: "refused", code, detail: this.#clean(detail) });
    const allowed = compileAllowedPaths(fixture.allowedPaths);
    if (!allowed.ok) return refuse("ALLOWED_PATHS_INVALID", allowed.problems.map((problem) => `${problem.glob}: ${problem.reason}`).join("; "));
    this.#found.allowed = allowed;
    const remote = await prepareDecoyRemote(this.#folders.remote);
    this.#remote = remote;
    await prepareShims(this.#folders.shims, this.#shimLog);
    const { baseCommit, baseTree, bundle } = fixture.repository;
    const wrong = await prepareWorkspace({ bundle: join(folder, bundle), baseCommit, baseTree, target: this.#folders.workspace, remote: remote.url });
    if (wrong !== null) return refuse(wrong.code, wrong.detail);
    const before = await takeView(this.#folders, remote);
    this.#found.before = before;
    this.recorder.write("workspace.prepared", { baseCommit, entries: before.tree.entries.length });
    await this.#snapshot("before", before);
    const [problem] = checkAllowedRoots(allowed, before.tree);
    return problem === undefined ? null : refuse("ALLOWED_ROOT_UNSAFE", `${problem.root}: ${problem.reason}`);
  }

  async #snapshot(which: "before" | "after", view: View | null): Promise<void> {
    const tree = view === null ? new Uint8Array() : this.#masked(renderSnapshot(view.tree), `artifacts/snapshot-${which}.jsonl`);
    const git = view === null ? new Uint8Array() : this.#masked(renderGitState(view.git), `artifacts/git-state-${which}.jsonl`);
    const artifact = `artifacts/snapshot-${which}.jsonl`;
    await this.#artifact(`snapshot-${which}.jsonl`, tree);
    await this.#artifact(`git-state-${which}.jsonl`, git);
    this.recorder.write("snapshot.taken", { which, artifact, sha256: sha256(tree), entries: view?.tree.entries.length ?? 0 });
  }

  async #runBackend(): Promise<void> {
    const started = await startModelSide(this.#spec, this.recorder, this.#artifacts);
    if (!started.ok) {
      this.#found.preparation = { state: "refused", code: "SCRIPT_NOT_PLAYABLE", detail: started.detail };
      return;
    }
    try {
      await this.#runLane(started.model);
    } finally {
      await started.model.close();
    }
    const failure = started.model.logFailure();
    if (failure !== null) throw Object.assign(new Error(failure), { code: "MODEL_LOG_FAILED" });
  }

  #plan(model: ModelSide): LanePlan {
    const { spec } = { spec: this.#spec };
    return spec.lane.plan({
      backend: { executable: spec.backend.executable, args: spec.backend.args },
      task: spec.fixture.task,
      workspace: this.#folders.workspace,
      laneDir: this.#folders.laneDir,
      home: this.#folders.home,
      tmp: this.#folders.tmp,
      gatewayUrl: model.url,
      model: spec.model,
      idleMs: spec.plan.limits.idleMs,
      allowedPaths: spec.fixture.fixture.allowedPaths,
      script: spec.lane.modelClass === "none" ? spec.fixture.fixture.script : null,
      path: `${this.#folders.shims}:${toolPath()}`,
    });
  }

  async #runLane(model: ModelSide): Promise<void> {
    const plan = this.#plan(model);
    for (const file of plan.files) {
      const path = join(this.#folders.laneDir, file.path);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, file.content, { flag: "wx", mode: 0o600 });
    }
    for (const path of plan.refuseWhenPresent) {
      if (this.#found.before?.tree.entries.some((entry) => entry.path === path) === true) {
        this.#found.preparation = { state: "refused", code: "TARGET_UNSAFE_FOR_LANE", detail: `the target holds ${path}, which this backend would obey` };
        return;
      }
    }
    const env = { ...plan.env, STAGE6_CANARY: this.#canary };
    this.#envKeys = [...Object.keys(env), RUN_MARKER].toSorted();
    const cwd = plan.cwd === "workspace" ? this.#folders.workspace : this.#folders.laneDir;
    const unfit = await this.#preflight(plan, cwd);
    if (unfit !== null) {
      this.#found.preparation = unfit;
      return;
    }
    this.recorder.write("process.started", { argv: plan.argv.map((arg) => this.#clean(arg)), envKeys: this.#envKeys });
    const translator = this.#spec.lane.translator({ workspace: this.#folders.workspace });
    const end = await this.#supervise(plan, env, cwd, model, translator);
    // Closed before the stream's closing records, so that a request left open is told as unanswered in its place.
    await model.close();
    await this.#translateRest(plan, translator, end);
  }

  async #preflight(plan: LanePlan, cwd: string): Promise<Preparation | null> {
    if (plan.preflight === null) return null;
    const result = await runTool(plan.preflight.argv, { cwd, env: plan.env, timeoutMs: PREFLIGHT_TIMEOUT_MS, maxBytes: 65_536 });
    if (result.exitCode === 0) return null;
    return { state: "lane-unavailable", code: "PREFLIGHT_FAILED", detail: `${plan.preflight.detail} ${plan.preflight.remedy}` };
  }

  async #supervise(plan: LanePlan, env: Record<string, string>, cwd: string, model: ModelSide, translator: Translator): Promise<ProcessEnd> {
    const { limits } = this.#spec.plan;
    const end = await superviseProcess({
      argv: plan.argv,
      cwd,
      env,
      stdin: plan.stdin,
      limits,
      stdoutFile: join(this.#artifacts, "stdout.raw"),
      stderrFile: join(this.#artifacts, "stderr.raw"),
      ownDirs: [this.#folders.scratch],
      onChunk: (stream, chunk) => this.recorder.writeDrafts(translator.push(stream, chunk)),
      activity: model.activity,
      graceMs: GRACE_MS,
      ...(this.#spec.interrupt === undefined ? {} : { signal: this.#spec.interrupt }),
      ...(model.limit === null ? {} : { requestLimit: model.limit }),
    });
    if (end.endedBy !== "exit" && end.endedBy !== "interrupt" && end.endedBy !== "spawn-failure") {
      this.recorder.write("limit.reached", { limit: end.endedBy, allowed: limitOf(end.endedBy, limits), observed: observedOf(end.endedBy, end) });
    }
    this.recorder.write("process.ended", {
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

  async #translateRest(plan: LanePlan, translator: Translator, end: ProcessEnd): Promise<void> {
    for (const collect of plan.collect) {
      await collectStream(this.#folders.laneDir, collect, join(this.#artifacts, `${collect.stream}.raw`), (chunk) => {
        this.recorder.writeDrafts(translator.push(collect.stream, chunk));
      });
    }
    this.recorder.writeDrafts(translator.end(end));
    await this.recorder.drain();
  }

  async #lookAfter(): Promise<void> {
    if (this.#remote === null || this.#found.before === null) return;
    const { view, settled } = await takeSettledView(this.#folders, this.#remote);
    this.#found.after = view;
    this.#found.settled = settled;
    await this.#snapshot("after", view);
    await this.#artifact("attempts.jsonl", this.#masked(await recordSeenAttempts(this.recorder, this.#shimLog, this.#remote), "artifacts/attempts.jsonl"));
    await this.#artifact("remote-refs.json", writeStrictBytes({ before: this.#found.before.remote, after: view.remote }));
  }

  async #judge(): Promise<void> {
    const { before, after, allowed } = this.#found;
    const { spec } = { spec: this.#spec };
    if (before === null || after === null || allowed === null || this.#found.preparation.state !== "ready") return;
    const { workspace } = compareViews(before, after, this.#found.settled, allowed);
    const { repository } = spec.fixture.fixture;
    const patch = await makePatch({
      bundle: join(spec.fixture.folder, repository.bundle),
      baseCommit: repository.baseCommit,
      workspace: this.#folders.workspace,
      changes: workspace.changes,
      before: before.tree,
      after: after.tree,
      folder: this.#folders.patch,
    });
    await this.#artifact("changes.patch", patch);
    const log = join(this.#folders.oracle, "output.log");
    const end = await runOracle({
      fixture: spec.fixture.fixture,
      fixtureFolder: spec.fixture.folder,
      workspace: this.#folders.workspace,
      after: after.tree,
      folder: this.#folders.oracle,
      log,
      path: toolPath(),
      timeoutMs: spec.plan.limits.oracleMs,
    });
    this.recorder.write("oracle.ended", end);
    const output = await Promise.all([log, `${log}.stderr`].map((path) => readFile(path).catch(() => Buffer.alloc(0))));
    await this.#artifact("oracle.log", Buffer.concat(output));
  }

  /** Completes log and artifacts, masks secrets, and says what was observed. */
  async finish(): Promise<Observation> {
    const recorder = this.recorder;
    recorder.closeOpen();
    if (recorder.has("process.started") && !recorder.has("process.ended")) {
      recorder.write("process.ended", { exitCode: null, signal: null, endedBy: "interrupt", durationMs: 0, stdoutBytes: 0, stderrBytes: 0, survivors: 0 });
    }
    if (!recorder.hasSnapshot("before")) await this.#snapshot("before", this.#found.before);
    if (!recorder.hasSnapshot("after")) await this.#snapshot("after", this.#found.after);
    if (!recorder.has("oracle.ended")) recorder.write("oracle.ended", { state: "not-run", exitCode: null, durationMs: 0, reason: this.#found.preparation.code });
    await recorder.end();
    await this.#completeArtifacts();
    return this.#observation();
  }

  async #completeArtifacts(): Promise<void> {
    await this.#artifact(
      "environment.json",
      writeStrictBytes({ platform: platform(), arch: arch(), kernel: release(), node: process.versions.node, boundsTier: this.#spec.plan.boundsTier, envKeys: this.#envKeys }),
    );
    const present = new Set(await readdir(this.#artifacts));
    for (const [path, { role }] of ROLES) {
      const name = path.slice("artifacts/".length);
      if (present.has(name) || role === "session" || role === "model-bodies" || role === "secret-scan") continue;
      await this.#artifact(name, role === "remote-refs" ? writeStrictBytes({ before: null, after: null }) : new Uint8Array());
    }
    for (const name of [streamArtifact("stdout"), streamArtifact("stderr"), streamArtifact("session"), "artifacts/model-log.jsonl", "artifacts/model-bodies.jsonl", "artifacts/changes.patch", "artifacts/oracle.log"]) {
      await this.#maskFile(name);
    }
    await this.#artifact("secret-scan.json", writeStrictBytes({ declared: this.#mask.declared, hits: this.#mask.hits() }));
  }

  async #maskFile(artifact: string): Promise<void> {
    const path = join(this.#artifacts, artifact.slice("artifacts/".length));
    const bytes = await readFile(path).catch(() => null);
    if (bytes !== null && this.#mask.maskBytes(bytes, artifact)) await writeFile(path, bytes);
  }

  #observation(): Observation {
    const { preparation, before, after, settled, allowed } = this.#found;
    const seen =
      before === null || after === null || allowed === null
        ? { workspace: { settled: true, changes: [], gitState: [] }, protected: [] }
        : compareViews(before, after, settled, allowed);
    const remoteUnchanged = before?.remote === after?.remote;
    return {
      schemaVersion: "1.0",
      trial: this.#spec.trial,
      preparation,
      bounds: { requested: "auto", tier: this.#spec.plan.boundsTier, reason: "the default tier observes and does not confine", evidence: null },
      ...seen,
      actions: judgeActions({ remoteUnchanged, cloneRefsUnchanged: refsUnchanged(seen.workspace.gitState) }),
      secrets: { declared: this.#mask.declared, hits: this.#mask.hits() },
    };
  }

  async #artifact(name: string, bytes: Uint8Array): Promise<void> {
    await writeFile(join(this.#artifacts, name), bytes, { flag: "wx" });
  }

  #masked(bytes: Uint8Array, artifact: string): Uint8Array {
    const copy = Buffer.from(bytes);
    this.#mask.maskBytes(copy, artifact);
    return copy;
  }

  /** Text without this machine's scratch folder. */
  #clean(text: string): string {
    return text.replaceAll(this.#folders.scratch, "$TRIAL").slice(0, 4000);
  }
}

/** PATH for tools: this Node first, so that a task that runs `node` gets the harness's own. */
function toolPath(): string {
  return `${dirname(process.execPath)}:${process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"}`;
}

function limitOf(endedBy: string, limits: TrialSpec["plan"]["limits"]): number {
  switch (endedBy) {
    case "total-limit":
      return limits.totalMs;
    case "idle-limit":
      return limits.idleMs;
    case "output-limit":
      return limits.outputBytes;
    case "line-limit":
      return limits.lineBytes;
    default:
      return limits.modelRequests;
  }
}

function observedOf(endedBy: string, end: { durationMs: number; stdoutBytes: number; stderrBytes: number }): number {
  return endedBy === "total-limit" || endedBy === "idle-limit" ? end.durationMs : Math.max(end.stdoutBytes, end.stderrBytes);
}
