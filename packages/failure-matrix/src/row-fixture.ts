import { sha256, writeStrictBytes, type Sha256 } from "@stage6/evidence-interface";
import { FailureMatrixError } from "./failure-matrix-error.ts";
import { baseCommitId, treeId, type TreeFile } from "./git-objects.ts";
import { leavesTrial, type TrialInjector } from "./injector.ts";
import type { FailureRow } from "./row.ts";

/** Everything a driver needs to make the fixture of one way of a row. */
export interface RowFixture {
  /** Folder name of the fixture. */
  readonly id: string;
  readonly title: string;
  readonly task: string;
  readonly files: readonly TreeFile[];
  /** Git ids of the files' tree and of its one commit. */
  readonly tree: string;
  readonly baseCommit: string;
  readonly allowedPaths: readonly string[];
  readonly oracle: readonly string[];
  readonly script: Readonly<Record<string, unknown>>;
  /** Bytes of fixture.json, and their digest: what a bundle of this way has to name. */
  readonly document: Uint8Array;
  readonly digest: Sha256;
}

/** The target of every row: a value to change, and a neighbour that is not allowed. */
const COMMON: readonly TreeFile[] = [
  { path: "README.md", content: "a target\n" },
  { path: "docs/guide.md", content: "guide\n" },
  { path: "src/value.txt", content: "old\n" },
];
const TASK = "Make src/value.txt say new.\n";
const ALLOWED = ["src/**"];
/** Passes once src/value.txt says `new`. */
const ORACLE = ["sh", "-c", 'test "$(cat src/value.txt)" = new'];
/** Tree that no target has. */
const NOWHERE = "0".repeat(40);

function scriptOf(injector: TrialInjector): Record<string, unknown> {
  return {
    steps: injector.steps,
    ...(injector.roles === undefined ? {} : { roles: injector.roles }),
    ...(injector.kind === "process-wrapper" ? { wrapper: injector.wrapper } : {}),
  };
}

/**
 * The fixture that drives one way of a row; a pure function of the row, so that a bundle shows by its fixture digest that
 * it was driven into exactly this. Throws ROW_UNKNOWN for a way that leaves no trial.
 */
export function rowFixture(row: FailureRow, at: number): RowFixture {
  const way = row.ways[at];
  if (way === undefined || !leavesTrial(way.injector))
    throw new FailureMatrixError("ROW_UNKNOWN", `${row.id} has no way ${at} that leaves a trial`);
  const { injector } = way;
  const own = new Set(injector.files.map(({ path }) => path));
  const files = [...COMMON.filter(({ path }) => !own.has(path)), ...injector.files];
  const tree = treeId(files);
  const baseCommit = baseCommitId(tree);
  const id = `${row.id.toLowerCase()}-${at + 1}`;
  const script = scriptOf(injector);
  const document = writeStrictBytes({
    schemaVersion: "1.0",
    id,
    title: row.title,
    repository: {
      bundle: "repo.bundle",
      baseCommit,
      baseTree: injector.base === "moved" ? NOWHERE : tree,
    },
    task: { file: "task.md", sha256: sha256(TASK) },
    allowedPaths: ALLOWED,
    expects: "change",
    oracle: { argv: ORACLE, files: [] },
    script,
  });
  return {
    id,
    title: row.title,
    task: TASK,
    files,
    tree,
    baseCommit,
    allowedPaths: ALLOWED,
    oracle: ORACLE,
    script,
    document,
    digest: sha256(document),
  };
}
