import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { superviseProcess, type ProcessSpec, type Snapshot } from "@stage6/bounds";
import { sha256, type EventData } from "@stage6/evidence-interface";
import { HeldFolder, readSmallFile, UnsafeFileError } from "@stage6/evidence-interface/fs";
import type { Fixture } from "@stage6/lane-contract";
import { copyHeldFile } from "./copy-held-file.ts";
import type { StrictTrial } from "./strict-trial.ts";

/** Where the oracle runs and what it judges. */
export interface OracleInput {
  readonly fixture: Fixture;
  /** The fixture's folder, with `oracle/` in it. */
  readonly fixtureFolder: string;
  readonly workspace: string;
  /** User ids whose files the tree may hold. */
  readonly owners: readonly number[];
  readonly after: Snapshot;
  /** Empty folder of the oracle's own, which no backend knew of. */
  readonly folder: string;
  /** File that takes the oracle's output. */
  readonly log: string;
  readonly path: string;
  readonly timeoutMs: number;
  /** Operator's interrupt. */
  readonly interrupt?: AbortSignal;
  /** Strict bounds to run in; null for none. */
  readonly strict: StrictTrial | null;
}

type OracleEnd = EventData<"oracle.ended">;

/** How an oracle ended, and whether something that it started outlived it. */
export interface OracleRun {
  readonly end: OracleEnd;
  readonly outlived: boolean;
}

const MAX_OVERLAY_BYTES = 16 * 1024 * 1024;
/** Most bytes of the tree that is copied; a hole counts like what it stands for. */
const MAX_TREE_BYTES = 8 * 1024 ** 3;

/** A readable path of the snapshot, or null for one that the oracle's copy leaves out (bytes outside UTF-8). */
function plainPath(path: string): string | null {
  return path.includes("\\") || path === "." ? null : path;
}

/** Whether the oracle's own files take this place: at it, above it, or in the way of a folder on theirs. */
function isOverlaid(path: string, type: string, overlay: readonly string[]): boolean {
  return overlay.some(
    (file) => path === file || path.startsWith(`${file}/`) || (file.startsWith(`${path}/`) && type !== "dir"),
  );
}

/** Copies the tree as it was looked at: a file that is no longer the one of the snapshot is an error, never another file. */
function copyTree({ after, fixture }: OracleInput, workspace: HeldFolder, tree: HeldFolder): void {
  const overlay = fixture.oracle.files.map(({ path }) => path);
  let left = MAX_TREE_BYTES;
  for (const entry of after.entries()) {
    const path = plainPath(entry.path);
    if (path === null || path === ".git" || path.startsWith(".git/")) continue;
    if (isOverlaid(path, entry.type, overlay)) continue;
    if (entry.type === "dir") tree.makeFolder(path).close();
    else if (entry.type === "symlink" && entry.target !== null) tree.makeLink(path, entry.target);
    else if (entry.type === "file") {
      left -= entry.size;
      if (left < 0) throw new UnsafeFileError("TOO_LARGE", path);
      if (copyHeldFile(workspace, tree, path, entry) !== entry.sha256)
        throw new UnsafeFileError("CHANGED", path);
    }
  }
}

/** Lays the oracle's own files over the tree; what is wrong with one of them, or null. */
async function layOver({ fixture, fixtureFolder }: OracleInput, tree: HeldFolder): Promise<string | null> {
  for (const { path, sha256: expected } of fixture.oracle.files) {
    const bytes = await readSmallFile(join(fixtureFolder, "oracle", path), MAX_OVERLAY_BYTES);
    if (bytes === null || sha256(bytes) !== expected)
      return `oracle file ${path} is not the one that the fixture names`;
    tree.write(path, bytes, 0o644);
  }
  return null;
}

async function prepareTree(input: OracleInput, tree: string): Promise<string | null> {
  await mkdir(tree, { recursive: true });
  const workspace = HeldFolder.open(input.workspace, { owners: input.owners });
  try {
    const held = HeldFolder.open(tree);
    try {
      copyTree(input, workspace, held);
      return await layOver(input, held);
    } finally {
      held.close();
    }
  } finally {
    workspace.close();
  }
}

/**
 * Runs the fixture's oracle on a copy of the final tree, its own files laid over, with an empty home and a deadline.
 * In the default tier the copy and the clean environment are the whole protection: the code under test runs with the
 * harness's user. In the strict tier it is confined like the backend, and has no way out at all.
 */
export async function runOracle(input: OracleInput): Promise<OracleRun> {
  const tree = join(input.folder, "tree");
  const home = join(input.folder, "home");
  const error = (reason: string): OracleRun => ({
    end: { state: "error", exitCode: null, durationMs: 0, reason },
    outlived: false,
  });
  try {
    const broken = await prepareTree(input, tree);
    await mkdir(home);
    if (broken !== null) return error(broken);
  } catch (cause) {
    return error(
      `the tree could not be copied: ${cause instanceof Error ? cause.message.slice(0, 200) : "unknown"}`,
    );
  }
  const spec: ProcessSpec = {
    argv: input.fixture.oracle.argv,
    cwd: tree,
    env: { PATH: input.path, HOME: home, TMPDIR: home, LANG: "C.UTF-8", CI: "1" },
    stdin: null,
    limits: {
      totalMs: input.timeoutMs,
      idleMs: input.timeoutMs,
      outputBytes: 16 * 1024 * 1024,
      lineBytes: 16 * 1024 * 1024,
    },
    stdoutFile: input.log,
    stderrFile: `${input.log}.stderr`,
    graceMs: 1000,
    ...(input.interrupt === undefined ? {} : { signal: input.interrupt }),
  };
  const result = await (input.strict?.superviseOracle(spec, tree, home) ?? superviseProcess(spec));
  if (result.spawnError !== null)
    return error(`${input.fixture.oracle.argv[0] ?? ""}: ${result.spawnError.code}`);
  const timedOut = result.endedBy !== "exit";
  const end: OracleEnd = {
    state: !timedOut && result.exitCode === 0 ? "passed" : "failed",
    exitCode: result.exitCode,
    durationMs: result.durationMs,
    reason: timedOut ? `ended by ${result.endedBy}` : null,
  };
  return { end, outlived: result.survivors.length > 0 };
}
