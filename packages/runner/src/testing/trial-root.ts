import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sha256, type Limits, type TrialPlan, type TrialRef } from "@stage6/evidence-interface";
import { readBundle, rootLayout, trialPath } from "@stage6/evidence-interface/fs";
import { testKeys } from "@stage6/evidence-interface/testing";
import type { Lane } from "@stage6/lane-contract";
import { addFixture, seedRepository, type FixtureSource } from "../add-fixture.ts";
import { systemClock } from "../clock.ts";
import { locateBackend, type LocatedBackend } from "../locate-backend.ts";
import { makePlan, sealPlan } from "../make-plan.ts";
import { readFixture } from "../read-fixture.ts";
import type { RunPlanInput } from "../run-plan.ts";
import type { TrialSpec } from "../trial-spec.ts";

/** Small limits: a test that hangs is over soon. */
export const LIMITS: Limits = {
  totalMs: 20_000,
  idleMs: 8000,
  outputBytes: 1024 * 1024,
  lineBytes: 64 * 1024,
  modelRequests: 5,
  oracleMs: 10_000,
};

const HARNESS = { name: "stage6", version: "0.0.0" };

/** Writes plain files below a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** The fixture of these tests: `src/value.txt` is to say "new". */
export function fixtureSource(repository: string, change: Partial<FixtureSource> = {}): FixtureSource {
  return {
    id: "renew",
    title: "Renew the value",
    repository,
    base: "main",
    task: "Write new into src/value.txt.\n",
    allowedPaths: ["src/**"],
    expects: "change",
    oracle: ["sh", "-c", "cat src/value.txt; grep -q new src/value.txt"],
    oracleFolder: null,
    script: null,
    consent: { owner: "the tests", statement: "Made for tests.", date: "2026-01-01" },
    ...change,
  };
}

/** Makes a harness root with one fixture below `folder`; returns the root. */
export async function makeTrialRoot(
  folder: string,
  change: Partial<FixtureSource> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const root = join(folder, "root");
  writeFiles(join(folder, "files"), { "src/value.txt": "old\n", "README.md": "target\n", ...files });
  await seedRepository(join(folder, "files"), join(folder, "target"));
  await addFixture(rootLayout(root).fixtures, fixtureSource(join(folder, "target"), change));
  return root;
}

/** The backend of a stub lane. */
async function locate(lane: Lane): Promise<LocatedBackend> {
  const located = await locateBackend(lane, { configured: null, backendsDir: "/nonexistent" });
  if (!located.ok) throw new Error(located.detail);
  return located.backend;
}

/** A plan of these lanes on every fixture of the root. */
export async function planFor(
  root: string,
  lanes: readonly Lane[],
  limits: Partial<Limits> = {},
): Promise<TrialPlan> {
  const probed = lanes.map(async (lane) => ({
    kind: "probed" as const,
    lane,
    probed: {
      lane: lane.id,
      state: "available" as const,
      version: "1.0.0",
      note: null,
      confined: true,
      backend: await locate(lane),
    },
  }));
  const fixtures = rootLayout(root).fixtures;
  return makePlan({
    createdAt: "2026-01-01T00:00:00.000Z",
    harness: HARNESS,
    candidate: "stub",
    evidenceClass: "scripted",
    model: { class: "scripted", provider: "scripted", id: "model-1" },
    policyDigest: sha256("policy"),
    limits: { ...LIMITS, ...limits },
    trialsPerCell: 1,
    lanes: await Promise.all(probed),
    fixtures: await Promise.all(readdirSync(fixtures).map((id) => readFixture(join(fixtures, id)))),
  });
}

/** The first trial of a lane on the root's fixture. */
export async function specFor(
  root: string,
  lane: Lane,
  limits: Partial<Limits> = {},
  change: Partial<TrialSpec> = {},
): Promise<TrialSpec> {
  const plan = await planFor(root, [lane], limits);
  const { id, digest } = sealPlan(plan);
  const fixture = await readFixture(join(rootLayout(root).fixtures, "renew"));
  const model = plan.lanes[0]?.model;
  if (model === null || model === undefined) throw new Error("the lane is not planned");
  return {
    root,
    trial: { planId: id, lane: lane.id, fixture: "renew", number: 1 },
    attemptId: randomUUID(),
    plan,
    planDigest: digest,
    harness: HARNESS,
    lane,
    backend: await locate(lane),
    backendVersion: "1.0.0",
    model,
    endpoint: null,
    strict: null,
    fixture,
    key: testKeys().runner.privateKey,
    clock: systemClock(),
    scratchParent: join(dirname(root), "scratch"),
    ...change,
  };
}

/** Everything that a run of a plan needs, progress thrown away. */
export async function runInput(
  root: string,
  plan: TrialPlan,
  lanes: readonly Lane[],
  change: Partial<RunPlanInput> = {},
): Promise<RunPlanInput> {
  const ready = lanes.map(
    async (lane) => [lane.id, { lane, backend: await locate(lane), version: "1.0.0" }] as const,
  );
  return {
    root,
    plan,
    harness: HARNESS,
    lanes: new Map(await Promise.all(ready)),
    key: testKeys().runner.privateKey,
    clock: systemClock(),
    endpoint: null,
    concurrency: 1,
    onProgress: () => undefined,
    scratchParent: join(dirname(root), "scratch"),
    ...change,
  };
}

/** A sealed bundle read back by the reader of evidence. */
export async function readSealed(root: string, trial: TrialRef) {
  const folder = join(rootLayout(root).runs, trialPath(trial));
  const bundle = await readBundle(folder, { trusted: testKeys().trusted, expected: trial });
  const events = readFileSync(join(folder, "events.jsonl"), "utf8");
  const types = events
    .trimEnd()
    .split("\n")
    .map((line) => /"type":"([^"]+)"/.exec(line)?.[1]);
  return { folder, events, types, ...bundle };
}
