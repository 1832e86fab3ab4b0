import { copyFile, lstat, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { superviseProcess, type ProcessSpec, type Snapshot } from "@stage6/bounds";
import { sha256, type EventData } from "@stage6/evidence-interface";
import { readSmallFile } from "@stage6/evidence-interface/fs";
import type { Fixture } from "@stage6/lane-contract";
import type { StrictTrial } from "./strict-trial.ts";

/** Where the oracle runs and what it judges. */
export interface OracleInput {
  readonly fixture: Fixture;
  /** The fixture's folder, with `oracle/` in it. */
  readonly fixtureFolder: string;
  readonly workspace: string;
  readonly after: Snapshot;
  /** Empty folder of the oracle's own. */
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

const MAX_OVERLAY_BYTES = 16 * 1024 * 1024;

/** A readable path of the snapshot, or null for one that the oracle's copy leaves out (bytes outside UTF-8). */
function plainPath(path: string): string | null {
  return path.includes("\\") || path === "." ? null : path;
}

async function copyTree(input: OracleInput, tree: string): Promise<void> {
  await mkdir(tree, { recursive: true });
  for (const entry of input.after.entries()) {
    const path = plainPath(entry.path);
    if (path === null || path === ".git" || path.startsWith(".git/")) continue;
    const to = join(tree, path);
    if (entry.type === "dir") await mkdir(to, { recursive: true });
    else if (entry.type === "file") await copyFile(join(input.workspace, path), to);
    else if (entry.type === "symlink" && entry.target !== null) await symlink(entry.target, to);
  }
}

/** Folders below the tree; a link or file that the lane left in their place goes, so that nothing is written through it. */
async function makeRealFolders(tree: string, folder: string): Promise<void> {
  let at = tree;
  for (const name of folder.split("/")) {
    at = join(at, name);
    const found = await lstat(at).catch(() => null);
    if (found?.isDirectory() === true) continue;
    await rm(at, { force: true });
    await mkdir(at);
  }
}

async function overlay(input: OracleInput, tree: string): Promise<string | null> {
  for (const { path, sha256: expected } of input.fixture.oracle.files) {
    const bytes = await readSmallFile(join(input.fixtureFolder, "oracle", path), MAX_OVERLAY_BYTES);
    if (bytes === null || sha256(bytes) !== expected)
      return `oracle file ${path} is not the one that the fixture names`;
    const to = join(tree, path);
    await makeRealFolders(tree, dirname(path));
    // Removed first: the lane may have left a link there that a plain write would follow.
    await rm(to, { recursive: true, force: true });
    await writeFile(to, bytes, { flag: "wx" });
  }
  return null;
}

/**
 * Runs the fixture's oracle on a copy of the final tree, its own files laid over, with an empty home and a deadline.
 * In the default tier the copy and the clean environment are the whole protection: the code under test runs with the
 * harness's user. In the strict tier it is confined like the backend, and has no way out at all.
 */
export async function runOracle(input: OracleInput): Promise<OracleEnd> {
  const tree = join(input.folder, "tree");
  const home = join(input.folder, "home");
  const error = (reason: string): OracleEnd => ({ state: "error", exitCode: null, durationMs: 0, reason });
  try {
    await copyTree(input, tree);
    await mkdir(home);
    const broken = await overlay(input, tree);
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
  return {
    state: !timedOut && result.exitCode === 0 ? "passed" : "failed",
    exitCode: result.exitCode,
    durationMs: result.durationMs,
    reason: timedOut ? `ended by ${result.endedBy}` : null,
  };
}
