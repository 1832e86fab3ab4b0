import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { keyId, type BoundsTier, type Limits, type Report, type TrialRef } from "@stage6/evidence-interface";
import { readBundle, trialPath } from "@stage6/evidence-interface/fs";
import type { Fixture, Lane, Script } from "@stage6/lane-contract";
import {
  addFixture,
  makePlan,
  probeLane,
  readFixture,
  runPlan,
  sealPlan,
  seedRepository,
  systemClock,
  type RunSummary,
} from "@stage6/runner";
import { pinFolder, readPin } from "../backend-pin.ts";
import { installBackend } from "../install-backend.ts";
import { backendsFolder } from "../user-folders.ts";

/** A fixture of one scenario: what the model plays, and how long the backend may be silent. */
export interface Scenario {
  readonly id: string;
  readonly script: Script;
  readonly oracle?: readonly string[];
  readonly expects?: Fixture["expects"];
  readonly allowedPaths?: readonly string[];
  readonly commands?: Fixture["commands"];
  /** Extra files of the target. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A driven scenario: the report as a reader recomputes it, and every finding of its bundle. */
export interface Driven {
  readonly report: Report;
  readonly findings: readonly string[];
  readonly folder: string;
}

const TARGET = { "src/value.txt": "old\n", "docs/guide.md": "guide\n", "README.md": "a target\n" };
/** Passes once src/value.txt says `new`. */
const ORACLE = ["sh", "-c", 'test "$(cat src/value.txt)" = new'];

/** Folder below which the backend `name` lies, installed if it was missing. */
export async function ensureBackend(name: string): Promise<string> {
  const pin = await readPin(name);
  if (pin === null) throw new Error(`no pinned backend ${name}`);
  const backends = backendsFolder(process.env);
  await installBackend(backends, pin, {
    env: process.env,
    log: (line) => process.stderr.write(`${line}\n`),
    signal: new AbortController().signal,
  });
  return dirname(pinFolder(backends, pin));
}

/** Limits that suit scenarios: short silences, small output. */
export const SCENARIO_LIMITS: Limits = {
  totalMs: 60_000,
  // A backend that starts on a busy machine is silent for a while.
  idleMs: 15_000,
  outputBytes: 2_000_000,
  lineBytes: 500_000,
  modelRequests: 12,
  oracleMs: 20_000,
};

/** Runs every scenario once on one lane, through plan, runner and reader; removes everything on `cleanUp`. */
export class ScenarioRun {
  readonly root: string;
  readonly publicKey: KeyObject;
  readonly #privateKey: KeyObject;
  readonly #parent: string;

  private constructor(parent: string) {
    this.#parent = parent;
    this.root = join(parent, "harness");
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    this.#privateKey = privateKey;
    this.publicKey = publicKey;
  }

  static async create(): Promise<ScenarioRun> {
    return new ScenarioRun(await mkdtemp(join(tmpdir(), "stage6 e2e ")));
  }

  async cleanUp(): Promise<void> {
    await rm(this.#parent, { recursive: true, force: true });
  }

  async #add(scenario: Scenario): Promise<void> {
    const files = join(this.#parent, `${scenario.id}-files`);
    for (const [path, content] of Object.entries({ ...TARGET, ...scenario.files })) {
      await mkdir(dirname(join(files, path)), { recursive: true });
      await writeFile(join(files, path), content);
    }
    const repository = join(this.#parent, `${scenario.id}-repository`);
    const base = await seedRepository(files, repository);
    await addFixture(join(this.root, "fixtures"), {
      id: scenario.id,
      title: scenario.id,
      repository,
      base,
      task: "Make src/value.txt say new.\n",
      allowedPaths: scenario.allowedPaths ?? ["src/**"],
      expects: scenario.expects ?? "change",
      oracle: scenario.oracle ?? ORACLE,
      oracleFolder: null,
      script: scenario.script,
      ...(scenario.commands === undefined ? {} : { commands: scenario.commands }),
      consent: { owner: "the scenarios", statement: "Made for a scenario.", date: "2026-01-01" },
    });
  }

  /** Drives the scenarios; the key of the result is the scenario's id. */
  async drive(
    lane: Lane,
    backendsDir: string,
    scenarios: readonly Scenario[],
    limits: Limits = SCENARIO_LIMITS,
    tier: BoundsTier = "default",
  ): Promise<{ readonly driven: ReadonlyMap<string, Driven>; readonly summary: RunSummary }> {
    for (const scenario of scenarios) await this.#add(scenario);
    const fixtures = await Promise.all(
      scenarios.map(({ id }) => readFixture(join(this.root, "fixtures", id))),
    );
    const probed = await probeLane(lane, { configured: null, backendsDir, env: process.env });
    if (probed.state !== "available") throw new Error(`${lane.id}: ${probed.detail}`);
    const plan = makePlan({
      createdAt: "2026-01-01T00:00:00.000Z",
      harness: { name: "stage6", version: "0.0.0" },
      candidate: lane.id,
      evidenceClass: "scripted",
      model: { class: "scripted", provider: "stage6", id: "stage6-scripted" },
      policyDigest: `sha256:${"0".repeat(64)}`,
      bounds: { tier, requested: tier, reason: "" },
      limits,
      trialsPerCell: 1,
      lanes: [{ kind: "probed", lane, probed }],
      fixtures,
    });
    const trials: TrialRef[] = [];
    const summary = await runPlan({
      root: this.root,
      plan,
      harness: plan.harness,
      lanes: new Map([[lane.id, { lane, backend: probed.backend, version: probed.version }]]),
      key: this.#privateKey,
      clock: systemClock(),
      endpoint: null,
      concurrency: 2,
      onProgress: (progress) => void (progress.kind === "sealed" && trials.push(progress.trial)),
    });
    const { id: planId } = sealPlan(plan);
    const driven = new Map<string, Driven>();
    for (const trial of trials) {
      const folder = join(this.root, "runs", trialPath({ ...trial, planId }));
      const { report, findings } = await readBundle(folder, {
        trusted: new Map([[keyId(this.publicKey), this.publicKey]]),
        expected: trial,
      });
      if (report !== null)
        driven.set(trial.fixture, {
          report,
          findings: findings.map((finding) => `${finding.code}/${finding.rule} ${finding.file}`),
          folder,
        });
    }
    return { driven, summary };
  }
}
