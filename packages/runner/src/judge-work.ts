import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Snapshot } from "@stage6/bounds";
import type { Change } from "@stage6/evidence-interface";
import { HeldFolder, UnsafeFileError } from "@stage6/evidence-interface/fs";
import { makePatch } from "./make-patch.ts";
import { runOracle, type OracleRun } from "./oracle.ts";
import type { StrictTrial } from "./strict-trial.ts";
import { toolPath } from "./tool-path.ts";
import type { TrialArtifacts } from "./trial-artifacts.ts";
import type { TrialFolders } from "./trial-folders.ts";
import type { TrialSpec } from "./trial-spec.ts";

/** What the work of a backend is judged from. */
export interface WorkInput {
  readonly spec: TrialSpec;
  readonly folders: TrialFolders;
  readonly artifacts: TrialArtifacts;
  readonly owners: readonly number[];
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly changes: readonly Change[];
  readonly strict: StrictTrial | null;
}

const MAX_LOG_BYTES = 64 * 1024 * 1024;

/** Writes the patch, runs the oracle and keeps what it printed. Both work in a folder that no backend knew of. */
export async function judgeWork(input: WorkInput): Promise<OracleRun> {
  const { spec, folders, artifacts, owners, before, after, changes, strict } = input;
  const { fixture, folder: fixtureFolder } = spec.fixture;
  const scratch = await mkdtemp(join(dirname(folders.scratch), "stage6-judge-"));
  try {
    const [patch, oracle] = [join(scratch, "patch"), join(scratch, "oracle")];
    await mkdir(patch);
    await mkdir(oracle);
    const seen = { workspace: folders.workspace, owners, after };
    const bundle = join(fixtureFolder, fixture.repository.bundle);
    const { baseCommit } = fixture.repository;
    const diff = await makePatch({ ...seen, bundle, baseCommit, changes, before, folder: patch });
    await artifacts.write("changes.patch", diff);
    const run = await runOracle({
      ...seen,
      fixture,
      fixtureFolder,
      folder: oracle,
      log: join(oracle, LOG),
      path: toolPath(),
      timeoutMs: spec.plan.limits.oracleMs,
      ...(spec.interrupt === undefined ? {} : { interrupt: spec.interrupt }),
      strict,
    });
    await artifacts.write("oracle.log", readLog(oracle));
    return run;
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

const LOG = "output.log";

/** What the oracle printed. What it ran had the run of its folder in the default tier, so the log is read like any other file. */
function readLog(folder: string): Buffer {
  const held = HeldFolder.open(folder);
  try {
    return Buffer.concat([LOG, `${LOG}.stderr`].map((name) => readPart(held, name)));
  } finally {
    held.close();
  }
}

function readPart(held: HeldFolder, name: string): Buffer {
  try {
    return held.read(name, { maxBytes: MAX_LOG_BYTES });
  } catch (error) {
    if (!(error instanceof UnsafeFileError)) throw error;
    return error.code === "MISSING" ? Buffer.alloc(0) : Buffer.from(`${name}: ${error.code}\n`);
  }
}
