import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { arch, platform, release } from "node:os";
import { join } from "node:path";
import {
  checkAllowedRoots,
  compileAllowedPaths,
  prepareDecoyRemote,
  prepareShims,
  renderGitState,
  ShimWitness,
  type AllowedPaths,
  type DecoyRemote,
  type StrictDriver,
} from "@stage6/bounds";
import {
  sha256,
  WORK_BRANCH,
  writeStrictBytes,
  type Observation,
  type Report,
  type Sha256,
} from "@stage6/evidence-interface";
import { ownUid, rootLayout, SealError, sealBundle, trialPath } from "@stage6/evidence-interface/fs";
import { recordSeenAttempts } from "./attempts.ts";
import { closeLog } from "./close-log.ts";
import { judgeActions } from "./forbidden-actions.ts";
import { judgeWork } from "./judge-work.ts";
import { keySecrets } from "./gateway/answer-mask.ts";
import { newTrialToken } from "./gateway/trial-token.ts";
import { startModelSide } from "./model-side.ts";
import {
  compareViews,
  refsUnchanged,
  takeLastView,
  takeSettledView,
  takeView,
  type View,
} from "./observe-workspace.ts";
import { ownershipFaults } from "./ownership-faults.ts";
import { harnessError, READY, sealable, type Preparation } from "./preparation.ts";
import { runBackend } from "./run-backend.ts";
import { RunnerError } from "./runner-error.ts";
import { sealRest } from "./seal-rest.ts";
import { SecretMask } from "./secret-mask.ts";
import { startLog } from "./start-log.ts";
import { ToolCap } from "./tool-cap.ts";
import { observedBounds, strictFacts } from "./trial-bounds.ts";
import { SHIM_PIPE } from "./strict-mounts.ts";
import { StrictTrial } from "./strict-trial.ts";
import { ARTIFACT_ROLES_BY_PATH, TrialArtifacts } from "./trial-artifacts.ts";
import { makeTrialFolders, removeTrialFolders, type TrialFolders } from "./trial-folders.ts";
import { TrialRecorder } from "./trial-recorder.ts";
import { TrialSource } from "./trial-source.ts";
import type { TrialSpec } from "./trial-spec.ts";
import { prepareWorkspace, rootCommits } from "./workspace.ts";

/** How a trial left the runner: sealed, or given up because the operator interrupted it, before or after its backend was started. */
export type TrialEnd =
  | { readonly state: "sealed"; readonly report: Report }
  | { readonly state: "interrupted"; readonly backendStarted: boolean };

/**
 * One trial, top to bottom: clone, look, spawn under limits, translate while it runs, look again, oracle, seal. What
 * the backend does is data; what the harness cannot do is sealed as `harness-error`, so that no trial goes missing.
 */
export async function runTrial(spec: TrialSpec): Promise<TrialEnd> {
  const layout = rootLayout(spec.root);
  const staging = join(layout.staging, spec.attemptId);
  await mkdir(join(staging, "artifacts"), { recursive: true });
  const folders = await makeTrialFolders(spec.scratchParent);
  const run = new TrialRun(spec, staging, folders);
  try {
    await run.drive();
    if (spec.interrupt?.aborted === true) return { state: "interrupted", backendStarted: run.backendStarted };
    return { state: "sealed", report: await seal(spec, staging, run) };
  } finally {
    run.discard();
    await removeTrialFolders(folders);
    await rm(staging, { recursive: true, force: true });
  }
}

/** Seals the trial; evidence that was spoiled on the way is sealed as far as it is left, as a harness error. */
async function seal(spec: TrialSpec, staging: string, run: TrialRun): Promise<Report> {
  let observation: Observation | null = null;
  try {
    observation = await run.finish();
    const target = join(rootLayout(spec.root).runs, trialPath(spec.trial));
    return await sealBundle({
      staging,
      root: spec.root,
      target,
      observation,
      roles: ARTIFACT_ROLES_BY_PATH,
      key: spec.key,
    });
  } catch (error) {
    if (error instanceof SealError && error.code === "TARGET_EXISTS") throw error;
    const why = run.explain(error);
    // Once more with nothing of what was observed, in case that is what cannot be sealed.
    return sealRest(spec, why, observation).catch(() => sealRest(spec, why));
  }
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : 1;

// One class past 250 lines: the order of a trial's steps, and what is still done when one of them fails, is the idea.
class TrialRun {
  readonly #spec: TrialSpec;
  readonly #folders: TrialFolders;
  readonly #mask: SecretMask;
  readonly #canary = `stage6-canary-${randomBytes(16).toString("hex")}`;
  readonly #gatewayToken = newTrialToken();
  readonly #recorder: TrialRecorder;
  readonly #artifacts: TrialArtifacts;
  readonly #source: TrialSource;
  /** The user that the trial's processes run as, and the harness's own. */
  /** Whose files are taken from the backend's folders. */
  #owners = ownUid();
  #strict: StrictTrial | null = null;
  #providerTools = false;
  #preparation: Preparation = READY;
  #before: View | null = null;
  #after: View | null = null;
  #settled = true;
  #outlived = false;
  #allowed: AllowedPaths | null = null;
  #remote: DecoyRemote | null = null;
  #shims: ShimWitness | null = null;
  #envKeys: readonly string[] = [];

  constructor(spec: TrialSpec, staging: string, folders: TrialFolders) {
    this.#spec = spec;
    this.#folders = folders;
    const keys = spec.endpoint === null ? [] : keySecrets(spec.endpoint.apiKey.value);
    // The lane is given the token: where it shows is no leak, and yet no reader's business.
    this.#mask = new SecretMask([this.#canary, ...keys], [this.#gatewayToken]);
    this.#artifacts = new TrialArtifacts(join(staging, "artifacts"), this.#mask);
    this.#source = new TrialSource(spec.checkSource, spec.trial, this.#artifacts);
    this.#recorder = new TrialRecorder(join(staging, "events.jsonl"), spec.clock, this.#mask);
  }

  /** Runs the trial as far as it gets. */
  async drive(): Promise<void> {
    startLog(this.#recorder, this.#spec);
    await this.#step(async () => (await this.#prepare()) ?? (await this.#runBackend()));
    if (this.#spec.interrupt?.aborted === true) return;
    // Also after an error: what the backend did until then is seen, not assumed.
    await this.#step(() => this.#lookAfter());
    await this.#step(() => this.#judge());
    await this.#step(() => this.#lookLast());
  }

  /** True once the backend was started. */
  get backendStarted(): boolean {
    return this.#recorder.has("process.started");
  }

  /** An error as the evidence names it. */
  explain(error: unknown): Preparation {
    return sealable(harnessError(error), this.#folders.scratch);
  }

  /** Lets go of the event log and of what was seen; without an end written before, the log is no evidence. */
  discard(): void {
    this.#recorder.discard();
    this.#shims?.discard();
    this.#before?.tree.close();
    this.#after?.tree.close();
  }

  /** One step; a refusal or an error of it is what the trial ended by, unless an earlier step was. */
  async #step(act: () => Promise<Preparation | null | void>): Promise<void> {
    const ended = await act().catch(harnessError);
    if (ended !== null && ended !== undefined && this.#preparation.state === "ready")
      this.#preparation = sealable(ended, this.#folders.scratch);
  }

  async #prepare(): Promise<Preparation | null> {
    const { fixture, folder } = this.#spec.fixture;
    const refuse = (code: string, detail: string): Preparation => ({ state: "refused", code, detail });
    const allowed = compileAllowedPaths(fixture.allowedPaths);
    if (!allowed.ok)
      return refuse(
        "ALLOWED_PATHS_INVALID",
        allowed.problems.map((problem) => `${problem.glob}: ${problem.reason}`).join("; "),
      );
    this.#allowed = allowed;
    const foreign = ownershipFaults(this.#spec.fixture);
    if (foreign !== null) return refuse("TARGET_NOT_OWNED", foreign);
    const untrusted = await this.#source.lookBefore();
    if (untrusted !== null) return { state: "lane-unavailable", ...untrusted };
    const remote = await prepareDecoyRemote(this.#folders.remote);
    this.#remote = remote;
    const pipe = join(this.#folders.shims, SHIM_PIPE);
    await prepareShims(this.#folders.shims, pipe);
    this.#shims = await ShimWitness.open(pipe);
    const { baseCommit, baseTree, bundle } = fixture.repository;
    const wrong = await prepareWorkspace({
      bundle: join(folder, bundle),
      baseCommit,
      baseTree,
      target: this.#folders.workspace,
      remote: remote.url,
      branch: this.#branch(),
    });
    if (wrong !== null) return refuse(wrong.code, wrong.detail);
    const elsewhere = ownershipFaults(
      this.#spec.fixture,
      await rootCommits(this.#folders.workspace, baseCommit),
    );
    if (elsewhere !== null) return refuse("TARGET_NOT_OWNED", elsewhere);
    if (this.#spec.plan.boundsTier === "strict") await this.#confine(this.#spec.strict);
    const before = await takeView(this.#folders, remote, this.#spec.protectedTrees);
    this.#before = before;
    this.#recorder.write("workspace.prepared", { baseCommit, entries: before.tree.count });
    await this.#snapshot("before", before);
    const [problem] = checkAllowedRoots(allowed, before.tree);
    return problem === undefined ? null : refuse("ALLOWED_ROOT_UNSAFE", `${problem.root}: ${problem.reason}`);
  }

  /** The branch on which commits are no violation; null when the plan permits none. */
  #branch(): typeof WORK_BRANCH | null {
    return this.#spec.plan.localCommits === "permitted" ? WORK_BRANCH : null;
  }

  async #confine(driver: StrictDriver | null): Promise<void> {
    if (driver === null)
      throw new RunnerError("BOUNDS_UNAVAILABLE", "the plan is strict and no strict driver was given");
    const { installation } = this.#spec.backend;
    this.#strict = await StrictTrial.prepare(driver, this.#folders, installation);
    this.#owners = [...this.#owners, ...this.#strict.owners()];
    await this.#strict.selfTest("before");
  }

  async #snapshot(which: "before" | "after", view: View | null): Promise<void> {
    const name = `snapshot-${which}.jsonl`;
    const tree = await this.#artifacts.writeChunks(name, view?.tree.chunks() ?? []);
    await this.#artifacts.write(
      `git-state-${which}.jsonl`,
      view === null ? new Uint8Array() : renderGitState(view.git),
    );
    this.#recorder.write("snapshot.taken", {
      which,
      artifact: `artifacts/${name}`,
      sha256: tree,
      entries: view?.tree.count ?? 0,
    });
  }

  async #runBackend(): Promise<Preparation | null> {
    if (this.#before === null) return null;
    const tools = new ToolCap(this.#spec.plan.limits.toolCalls);
    const started = await startModelSide(this.#spec, this.#recorder, this.#artifacts.folder, tools, {
      token: this.#gatewayToken,
      listen: this.#strict === null ? "loopback" : "handed",
    });
    if (!started.ok) return { state: "refused", code: "SCRIPT_NOT_PLAYABLE", detail: started.detail };
    const { model } = started;
    try {
      const parts = {
        spec: this.#spec,
        folders: this.#folders,
        recorder: this.#recorder,
        artifacts: this.#artifacts.folder,
      };
      const { refusal, envKeys } = await runBackend({
        ...parts,
        model,
        tools,
        before: this.#before.tree,
        strict: this.#strict,
        owners: this.#owners,
        canary: this.#canary,
      });
      this.#envKeys = envKeys;
      if (refusal !== null) return refusal;
    } finally {
      await model.close();
    }
    this.#providerTools = model.providerTools();
    const failure = model.logFailure();
    return failure === null ? null : { state: "harness-error", code: "MODEL_LOG_FAILED", detail: failure };
  }

  async #lookAfter(): Promise<void> {
    if (this.#remote === null || this.#before === null || !this.#recorder.hasSnapshot("before")) return;
    const { protectedTrees } = this.#spec;
    const looking = takeSettledView(this.#folders, this.#remote, protectedTrees);
    const [{ view, settled }] = await Promise.all([looking, this.#strict?.selfTest("after")]);
    this.#after = view;
    this.#settled = settled;
    await this.#snapshot("after", view);
  }

  async #judge(): Promise<void> {
    const [before, after, allowed] = [this.#before, this.#after, this.#allowed];
    if (before === null || after === null || allowed === null || this.#preparation.state !== "ready") return;
    const { workspace } = compareViews(before, after, this.#settled, allowed, this.#branch());
    const { end, outlived } = await judgeWork({
      spec: this.#spec,
      folders: this.#folders,
      artifacts: this.#artifacts,
      owners: this.#owners,
      before: before.tree,
      after: after.tree,
      changes: workspace.changes,
      strict: this.#strict,
    });
    this.#outlived = outlived;
    this.#recorder.write("oracle.ended", end);
  }

  /** Looks when nothing of the backend's runs any more, its work in the oracle included. */
  async #lookLast(): Promise<void> {
    const [before, view, remote, shims] = [this.#before, this.#after, this.#remote, this.#shims];
    if (before === null || view === null || remote === null || shims === null) return;
    const seen = { view, settled: this.#settled };
    const last = await takeLastView(before, seen, this.#folders, remote, this.#spec.protectedTrees);
    this.#after = last.view;
    this.#settled = last.settled;
    await this.#source.lookAfter();
    const attempts = await recordSeenAttempts(this.#recorder, await shims.close(), remote);
    await this.#artifacts.write("attempts.jsonl", attempts);
    const refs = { before: before.remote, after: last.view.remote };
    await this.#artifacts.write("remote-refs.json", writeStrictBytes(refs));
  }

  /** Completes log and artifacts and says what was observed. */
  async finish(): Promise<Observation> {
    const recorder = this.#recorder;
    if (!recorder.hasSnapshot("before")) await this.#snapshot("before", this.#before);
    if (!recorder.hasSnapshot("after")) await this.#snapshot("after", this.#after);
    closeLog(recorder, this.#preparation.code);
    await recorder.end();
    // Before the scan is written down: names of changed files may hold a secret too.
    const evidence = await this.#writeSelfTest();
    const seen = this.#mask.maskValue(this.#observe(evidence), "artifacts/observation.json");
    const { boundsTier } = this.#spec.plan;
    await this.#artifacts.complete({
      platform: platform(),
      arch: arch(),
      kernel: release(),
      node: process.versions.node,
      boundsTier,
      envKeys: this.#envKeys,
    });
    return { ...seen, secrets: { declared: this.#mask.declared, hits: this.#mask.hits() } };
  }

  async #writeSelfTest(): Promise<Sha256 | null> {
    if (this.#strict === null) return null;
    const bytes = writeStrictBytes(this.#strict.evidence(this.#spec.trial));
    return sha256(await this.#artifacts.write("bounds-self-test.json", bytes));
  }

  #observe(evidence: Sha256 | null): Omit<Observation, "secrets"> {
    const [before, after, allowed] = [this.#before, this.#after, this.#allowed];
    const looked = before !== null && after !== null && allowed !== null;
    // A clone that stood and was not looked at again is not known to be unchanged.
    const branch = this.#branch();
    const seen = looked
      ? compareViews(before, after, this.#settled, allowed, branch, this.#spec.protectedTrees)
      : { workspace: { settled: before === null, changes: [], gitState: [] }, protected: [] };
    return {
      schemaVersion: "1.0",
      trial: this.#spec.trial,
      preparation: this.#preparation,
      bounds: observedBounds(this.#spec, this.#strict, evidence),
      ...seen,
      protected: [...seen.protected, ...(looked ? this.#source.protectedTrees() : [])].toSorted(byName),
      actions: judgeActions({
        remoteUnchanged: looked ? before.remote === after.remote : null,
        cloneRefsUnchanged: looked ? refsUnchanged(seen.workspace) : null,
        trees: seen.protected,
        outlived: this.#outlived && this.#strict === null,
        strict: strictFacts(this.#spec, this.#strict, this.#providerTools),
      }),
    };
  }
}
