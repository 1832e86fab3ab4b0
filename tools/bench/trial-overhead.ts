import { spawn, type ChildProcess } from "node:child_process";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Lane, LanePlan, LaneRoles, Script } from "@stage6/lane-contract";
import {
  addFixture,
  makePlan,
  makeTrialFolders,
  prepareWorkspace,
  probeLane,
  readFixture,
  removeTrialFolders,
  runTrial,
  sealPlan,
  seedRepository,
  startScriptedModel,
  systemClock,
  type BackendPlaces,
  type LoadedFixture,
  type LocatedBackend,
} from "@stage6/runner";

const MODEL = { class: "scripted", provider: "stage6", id: "stage6-scripted" } as const;
const LIMITS = {
  totalMs: 120_000,
  idleMs: 60_000,
  outputBytes: 10_000_000,
  lineBytes: 1_000_000,
  modelRequests: 100,
  oracleMs: 30_000,
};

/** A lane of the bench: its backend, and how its own command line reaches the scripted model without the gateway. */
export interface BenchLane {
  readonly lane: Lane;
  readonly places: BackendPlaces;
  /** The bare command line and files: the scripted model wants a key, which the gateway adds in a trial. */
  readonly bare: (
    plan: LanePlan,
    authorization: string,
  ) => Pick<LanePlan, "argv" | "env"> & Partial<Pick<LanePlan, "files">>;
  /** Roles for the bare run, where nobody gives the lane's fixed answers: the scripted model has to. */
  readonly roles: LaneRoles | undefined;
}

/** Time of one script through the harness and bare, milliseconds each. */
export interface OverheadRow {
  readonly script: string;
  readonly trialMs: number;
  readonly bareMs: number;
  readonly ratio: number;
}

function script(turns: number, answerDelayMs: number): Script {
  const looks = Array.from({ length: turns - 1 }, () => ({ do: "shell", command: "ls src" }) as const);
  return { answerDelayMs, steps: [...looks, { do: "say", text: "I looked around and changed nothing." }] };
}

async function makeFixture(folder: string, id: string, played: Script): Promise<LoadedFixture> {
  const files = join(folder, `${id}-files`);
  await mkdir(join(files, "src"), { recursive: true });
  await writeFile(join(files, "src", "a.txt"), "a\n");
  const repository = join(folder, `${id}-repository`);
  const base = await seedRepository(files, repository);
  const source = {
    id,
    title: id,
    repository,
    base,
    task: "Look around.\n",
    allowedPaths: ["src/**"],
    expects: "no-change",
    oracle: ["true"],
    oracleFolder: null,
    script: played,
    consent: { owner: "the benchmark", statement: "Made for the benchmark.", date: "2026-01-01" },
  } as const;
  await addFixture(join(folder, "fixtures"), source);
  return readFixture(join(folder, "fixtures", id));
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("exit", resolve);
    child.once("error", reject);
  });
}

/** Runs a backend with the lane's own command line on a prepared clone, and nothing else of the harness. */
async function runBare(
  { lane, bare, roles }: BenchLane,
  fixture: LoadedFixture,
  backend: LocatedBackend,
): Promise<number> {
  const folders = await makeTrialFolders();
  try {
    const { baseCommit, baseTree, bundle } = fixture.fixture.repository;
    await prepareWorkspace({
      bundle: join(fixture.folder, bundle),
      baseCommit,
      baseTree,
      target: folders.workspace,
      remote: folders.remote,
    });
    const model = await startScriptedModel({
      script: fixture.fixture.script,
      toolCall: lane.toolCall,
      roles,
      modelId: MODEL.id,
    });
    if (model.kind !== "started") throw new Error("the script cannot be played");
    const plan = lane.plan({
      ...folders,
      backend,
      task: fixture.task,
      gatewayUrl: model.url,
      model: MODEL,
      idleMs: LIMITS.idleMs,
      allowedPaths: ["src/**"],
      script: null,
      path: process.env["PATH"] ?? "",
    });
    const { argv, env, files = plan.files } = bare(plan, model.apiKey.value);
    for (const file of files) {
      await mkdir(dirname(join(folders.laneDir, file.path)), { recursive: true });
      await writeFile(join(folders.laneDir, file.path), file.content, {
        mode: file.executable === true ? 0o700 : 0o600,
      });
    }
    const [executable = "", ...args] = argv;
    const start = process.hrtime.bigint();
    const child = spawn(executable, args, {
      cwd: plan.cwd === "workspace" ? folders.workspace : folders.laneDir,
      env: { ...env },
      stdio: ["pipe", "ignore", "ignore"],
    });
    child.stdin.end(plan.stdin ?? "");
    const code = await exitOf(child);
    const elapsed = Number(process.hrtime.bigint() - start) / 1e6;
    await model.close();
    if (code !== 0) throw new Error(`${lane.id} ended with ${String(code)}`);
    return elapsed;
  } finally {
    await removeTrialFolders(folders);
  }
}

/** Compares trials with bare runs of the same backend and script, taking turns; medians of `rounds`. */
export async function benchTrialOverhead(bench: BenchLane, rounds: number): Promise<OverheadRow[]> {
  const { lane, places } = bench;
  const folder = await mkdtemp(join(tmpdir(), "stage6-bench-"));
  try {
    const probed = await probeLane(lane, places);
    if (probed.state !== "available") throw new Error(`${lane.id}: ${probed.detail} (${probed.remedy})`);
    const { privateKey } = generateKeyPairSync("ed25519");
    const rows: OverheadRow[] = [];
    for (const [name, turns, delay] of [
      ["20 turns, 300 ms an answer", 20, 300],
      ["shortest: 1 turn, no delay", 1, 0],
    ] as const) {
      const fixture = await makeFixture(folder, `turns-${turns}`, script(turns, delay));
      const plan = makePlan({
        createdAt: new Date().toISOString(),
        harness: { name: "stage6", version: "0.0.0" },
        candidate: lane.id,
        evidenceClass: "scripted",
        model: MODEL,
        policyDigest: `sha256:${"0".repeat(64)}`,
        limits: LIMITS,
        trialsPerCell: rounds,
        lanes: [{ kind: "probed", lane, probed }],
        fixtures: [fixture],
      });
      const { id, digest } = sealPlan(plan);
      const [trials, bare]: [number[], number[]] = [[], []];
      for (let number = 1; number <= rounds; number++) {
        const start = process.hrtime.bigint();
        const end = await runTrial({
          root: folder,
          trial: { planId: id, lane: lane.id, fixture: fixture.fixture.id, number },
          attemptId: randomUUID(),
          plan,
          planDigest: digest,
          harness: plan.harness,
          lane,
          backend: probed.backend,
          backendVersion: probed.version,
          model: MODEL,
          endpoint: null,
          strict: null,
          fixture,
          key: privateKey,
          clock: systemClock(),
        });
        trials.push(Number(process.hrtime.bigint() - start) / 1e6);
        if (end.state !== "sealed" || end.report.outcome !== "completed")
          throw new Error(`the trial ended ${end.state === "sealed" ? end.report.closure.class : end.state}`);
        bare.push(await runBare(bench, fixture, probed.backend));
      }
      const [trialMs, bareMs] = [median(trials), median(bare)];
      rows.push({ script: name, trialMs, bareMs, ratio: trialMs / bareMs });
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
