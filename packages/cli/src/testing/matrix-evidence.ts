import { createPublicKey } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  digestHex,
  keyId,
  SCHEMA_VERSION,
  sha256,
  signStatement,
  STATEMENT_TYPE,
  writeStrictBytes,
  type PlannedLane,
  type Sha256,
  type TrialPlan,
} from "@stage6/evidence-interface";
import { rootLayout, trialPath } from "@stage6/evidence-interface/fs";
import { testKeys, writeSampleBundle } from "@stage6/evidence-interface/testing";
import {
  DRILL_PREDICATE,
  injectionFile,
  knownMatrix,
  leavesTrial,
  PROFILE_SETTINGS,
  rowFixture,
  wayDigest,
  waysFor,
  type DrillStatement,
  type FailureMatrix,
  type LaneStanding,
  type MatrixBlock,
  type Profile,
  type RowFixture,
  type Way,
} from "@stage6/failure-matrix";
import { MATRIX_FILES, readMatrix } from "@stage6/validator";
import { asLane, writeDocument } from "@stage6/validator/testing";
import { recordInjections } from "../matrix/record-injections.ts";
import { endAs } from "./row-ending.ts";

const ATTEMPT = "00000000-0000-4000-8000-000000000000";

/**
 * Writes the whole evidence of the failure matrix for the lanes of a plan, as a driver leaves it when every row ends as
 * expected: a sealed bundle for every way that leaves a trial, a record for every injection, a block for every cell that
 * cannot be driven. Strict bounds are taken not to be had.
 */
export async function writeMatrixEvidence(root: string, plan: TrialPlan, now: string): Promise<void> {
  const matrix = knownMatrix();
  const lanes = plan.lanes.filter(({ state }) => state === "planned");
  await writeDocument(root, MATRIX_FILES.matrix, matrix);
  for (const profile of ["ordinary", "silent", "hurried"] as const)
    await writeProfile(root, matrix, plan, lanes, profile);
  const standings = lanes.map(({ lane, adapterVersion, backendSha256 }): LaneStanding => ({
    id: lane,
    blocked: null,
    adapterVersion,
    backendSha256,
  }));
  const { runner } = testKeys();
  const key = createPublicKey(runner.privateKey);
  const trusted = new Map([[keyId(key), key]]);
  const { coverage, findings } = await readMatrix(root, trusted, now, plan);
  if (coverage === null) throw new Error(`no coverage: ${JSON.stringify(findings)}`);
  const missing = await recordInjections({
    root,
    matrix,
    coverage,
    lanes: standings,
    trusted,
    wanted: () => true,
    now,
  });
  if (missing.length > 0) throw new Error(missing.join("\n"));
  await writeDrills(root, matrix, standings, now);
  await writeBlocks(root, matrix, lanes, now);
}

async function writeProfile(
  root: string,
  matrix: FailureMatrix,
  judged: TrialPlan,
  lanes: readonly PlannedLane[],
  profile: Profile,
): Promise<void> {
  const ways = matrix.rows.flatMap((row) =>
    row.ways.flatMap((way, at) =>
      leavesTrial(way.injector) && way.injector.profile === profile
        ? [{ way, fixture: rowFixture(row, at) }]
        : [],
    ),
  );
  const plan: TrialPlan = {
    ...judged,
    candidate: "fake",
    evidenceClass: "scripted",
    modelClass: "scripted",
    limits: PROFILE_SETTINGS[profile].limits,
    boundsTier: "default",
    trialsPerCell: 1,
    lanes: lanes.map((lane) => ({ ...lane, model: modelOf(lane.lane) })),
    fixtures: ways.map(({ fixture: { id, digest, baseCommit, task } }) => ({
      id,
      digest,
      taskDigest: sha256(task),
      baseCommit,
      ownershipDigest: sha256(""),
    })),
  };
  const folder = join(root, MATRIX_FILES.root);
  const planDigest = sha256(writeStrictBytes(plan));
  const planId = digestHex(planDigest).slice(0, 16);
  await writeDocument(folder, `plans/${planId}.json`, plan);
  const trials = ways.flatMap((one) =>
    plan.lanes.filter(({ lane }) => one.way.lanes.includes(lane)).map((lane) => ({ ...one, lane })),
  );
  // Each bundle is waited for until it is on the disk: several at a time.
  const left = trials.values();
  const worker = async (): Promise<void> => {
    for (const one of left) await writeTrial(folder, plan, planDigest, one);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

async function writeTrial(
  folder: string,
  plan: TrialPlan,
  planDigest: Sha256,
  { way, fixture, lane }: { way: Way; fixture: RowFixture; lane: PlannedLane },
): Promise<void> {
  const planId = digestHex(planDigest).slice(0, 16);
  const trial = { planId, lane: lane.lane, fixture: fixture.id, number: 1 };
  await writeDocument(folder, `attempts/${trialPath(trial)}/${ATTEMPT}.json`, {
    schemaVersion: SCHEMA_VERSION,
    trial,
    attemptId: ATTEMPT,
    planDigest,
    startedAt: "2026-01-01T00:00:00.000Z",
  });
  await writeSampleBundle(join(rootLayout(folder).runs, trialPath(trial)), {
    lane: trial.lane === "fake" ? "fake" : "codex",
    planId,
    fixture: trial.fixture,
    ...(lane.model === null ? {} : { model: lane.model }),
    planDigest,
    policyDigest: plan.policyDigest,
    limits: plan.limits,
    change: (sample) => endAs(way.expected, asLane(sample, lane, fixture.digest)),
  });
}

const modelOf = (lane: string): PlannedLane["model"] =>
  lane === "fake"
    ? { class: "none", provider: "", id: "" }
    : { class: "scripted", provider: "scripted", id: "scripted-1" };

/** Drills are signed by the runner and cannot be made again: the sample says that each went as expected. */
async function writeDrills(
  root: string,
  matrix: FailureMatrix,
  lanes: readonly LaneStanding[],
  now: string,
): Promise<void> {
  const folder = join(root, MATRIX_FILES.injections);
  await mkdir(folder, { recursive: true });
  for (const row of matrix.rows)
    for (const [at, way] of row.ways.entries()) {
      const { injector, expected } = way;
      if (injector.kind !== "runner-drill" || expected.kind !== "codes") continue;
      for (const { id, adapterVersion, backendSha256 } of lanes.filter((one) => way.lanes.includes(one.id))) {
        const waySha256 = wayDigest(way);
        const statement: DrillStatement = {
          _type: STATEMENT_TYPE,
          subject: [{ name: `${row.id} ${id} ${at}`, digest: { sha256: digestHex(waySha256) } }],
          predicateType: DRILL_PREDICATE,
          predicate: {
            schemaVersion: SCHEMA_VERSION,
            row: row.id,
            lane: id,
            way: at,
            waySha256,
            adapterVersion,
            backendSha256,
            source: null,
            codes: [...expected.codes],
            recordedAt: now,
          },
        };
        await writeFile(
          join(folder, injectionFile(row.id, id, at, true)),
          signStatement(statement, testKeys().runner.privateKey),
        );
      }
    }
}

async function writeBlocks(
  root: string,
  matrix: FailureMatrix,
  lanes: readonly PlannedLane[],
  now: string,
): Promise<void> {
  const expiresAt = new Date(Date.parse(now) + 20 * 86_400_000).toISOString();
  for (const row of matrix.rows)
    for (const { lane } of lanes) {
      const ways = waysFor(row, lane);
      const strict = ways.some(({ injector }) => leavesTrial(injector) && injector.profile === "strict");
      if (ways.length > 0 && !strict) continue;
      const block: MatrixBlock = {
        schemaVersion: SCHEMA_VERSION,
        row: row.id,
        lane,
        reasonCode: strict ? "BOUNDS_UNAVAILABLE" : "NOT_DRIVABLE",
        text: "A sample: nothing leads this lane into this bad state on the machine that was driven.",
        owner: "operator",
        recordedAt: now,
        expiresAt,
      };
      await writeDocument(root, `${MATRIX_FILES.blocked}/${row.id}.${lane}.json`, block);
    }
}
