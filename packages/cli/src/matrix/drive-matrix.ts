import { availableParallelism } from "node:os";
import { join } from "node:path";
import { probeStrict } from "@stage6/bounds";
import type { Timestamp } from "@stage6/evidence-interface";
import { makeBelow, rootLayout } from "@stage6/evidence-interface/fs";
import { leavesTrial, rowFixture, type FailureMatrix } from "@stage6/failure-matrix";
import { runPlan, systemClock, type LaneCandidate } from "@stage6/runner";
import { MATRIX_FILES, readMatrix, readPlans, type MatrixView } from "@stage6/validator";
import type { OpenRoot } from "../open-root.ts";
import { readyLanes } from "../ready-lanes.ts";
import { readRoleKey } from "../role-keys.ts";
import { progressLines } from "../run-root.ts";
import { TOOL } from "../tool.ts";
import { blockCells, standingOf } from "./block-cells.ts";
import { writeMatrixPlans, type ProfilePlan } from "./matrix-plans.ts";
import { recordInjections } from "./record-injections.ts";
import { runDrills } from "./run-drills.ts";
import { writeRowFixtures } from "./write-row-fixtures.ts";

/** What the rows are driven with. */
export interface DriveOptions {
  readonly keys: string;
  readonly lanes: readonly LaneCandidate[];
  /** Null: all rows, all lanes. */
  readonly rows: readonly string[] | null;
  readonly only: readonly string[] | null;
  readonly concurrency: number;
  readonly owner: string;
  readonly renew: boolean;
  readonly log: (line: string) => void;
  readonly interrupt: AbortSignal;
  readonly now: Timestamp;
}

/** Trials at the same time when nobody says: two for each core, at most 4, since most of a bad state is waiting. */
export const rowsAtOnce = (): number => Math.min(4, 2 * availableParallelism());

/** Drives every wanted cell that has no evidence yet, blocks what cannot be driven here, and reads the coverage. */
export async function driveMatrix(
  root: OpenRoot,
  matrix: FailureMatrix,
  options: DriveOptions,
): Promise<MatrixView> {
  const { log, interrupt, now } = options;
  const folder = join(root.path, MATRIX_FILES.root);
  const layout = rootLayout(folder);
  const own = [MATRIX_FILES.blocked, MATRIX_FILES.injections].map((path) => join(root.path, path));
  await makeBelow(root.path, layout.plans, layout.attempts, layout.runs, layout.fixtures, ...own);
  const key = await readRoleKey("runner", options.keys, root.config.id, root.trusted);
  const strict = (await probeStrict()).ok;
  const fixtures = await writeRowFixtures(layout.fixtures, matrix);
  const { plans: earlier } = await readPlans(folder);
  const { lanes } = options;
  const plans = await writeMatrixPlans({
    folder,
    matrix,
    fixtures,
    lanes,
    plans: earlier,
    policyDigest: root.policyDigest,
    strict,
    now,
  });
  const wanted = (row: string, lane: string): boolean =>
    (options.rows?.includes(row) ?? true) && (options.only?.includes(lane) ?? true);
  // Also evidence under an earlier plan counts, as long as adapter and backend are the same.
  const before = await readMatrix(root.path, root.trusted, now);
  const closed = new Set(
    before.coverage?.cells
      .filter(({ state }) => state === "covered")
      .map(({ row, lane }) => `${row} ${lane}`),
  );
  const cells = drivenCells(matrix, (row, lane) => wanted(row, lane) && !closed.has(`${row} ${lane}`));
  for (const entry of plans) {
    if (interrupt.aborted) break;
    await runProfile(root.path, entry, cells, { ...options, key });
  }
  const standings = lanes.map(standingOf);
  const { coverage } = await readMatrix(root.path, root.trusted, now);
  if (coverage === null) return readMatrix(root.path, root.trusted, now);
  const view = { root: root.path, matrix, coverage, lanes: standings, trusted: root.trusted, wanted, now };
  if (!interrupt.aborted) {
    for (const line of await recordInjections(view)) log(line);
    await runDrills({ ...view, candidates: lanes, concurrency: options.concurrency, key, log, interrupt });
    const { blocks } = await readMatrix(root.path, root.trusted, now);
    const { renew, owner } = options;
    const written = await blockCells({ root: root.path, matrix, blocks, lanes, strict, owner, now, renew });
    if (written > 0) log(`Wrote ${written} blocks below ${MATRIX_FILES.blocked}/.`);
  }
  return readMatrix(root.path, root.trusted, now);
}

/** Fixture and lane of every wanted cell that leaves a trial. */
function drivenCells(
  matrix: FailureMatrix,
  wanted: (row: string, lane: string) => boolean,
): ReadonlySet<string> {
  const cells = new Set<string>();
  for (const row of matrix.rows)
    for (const [at, { injector, lanes }] of row.ways.entries()) {
      if (!leavesTrial(injector)) continue;
      const { id } = rowFixture(row, at);
      for (const lane of lanes) if (wanted(row.id, lane)) cells.add(`${id} ${lane}`);
    }
  return cells;
}

async function runProfile(
  root: string,
  { plan, id, profile }: ProfilePlan,
  cells: ReadonlySet<string>,
  {
    lanes,
    key,
    concurrency,
    log,
    interrupt,
  }: DriveOptions & { readonly key: Awaited<ReturnType<typeof readRoleKey>> },
): Promise<void> {
  const select = ({ fixture, lane }: { readonly fixture: string; readonly lane: string }): boolean =>
    cells.has(`${fixture} ${lane}`);
  const planned = plan.lanes
    .filter(({ state }) => state === "planned")
    .flatMap(({ lane }) => plan.fixtures.filter((fixture) => select({ fixture: fixture.id, lane }))).length;
  if (planned === 0) return;
  log(
    `Driving ${planned} trials of profile ${profile}, plan ${id}, ${concurrency} at a time; recorded ones are kept.`,
  );
  const summary = await runPlan({
    lostAttempts: "again",
    root: join(root, MATRIX_FILES.root),
    plan,
    harness: TOOL,
    lanes: readyLanes(plan, lanes),
    key,
    clock: systemClock(),
    endpoint: null,
    concurrency,
    onProgress: progressLines(plan, planned, 0, log),
    interrupt,
    select,
  });
  if (summary.missing > 0) log(`${summary.missing} trials were not recorded; their cells stay open.`);
}
