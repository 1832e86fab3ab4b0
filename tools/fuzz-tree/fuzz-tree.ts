import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { compareSnapshots, compileAllowedPaths, takeSnapshot } from "@stage6/bounds";
import { Random } from "../mutants/random.ts";
import { ALLOWED, expectedChanges } from "./expected-changes.ts";
import { BUILDERS, operateAtRandom, OPERATIONS, type FuzzTree } from "./operations.ts";
import { freezeTree, makeNode, placesBelow } from "./tree-model.ts";

/** A sequence whose reported change set is not the expected one. */
export interface FuzzFailure {
  readonly sequence: number;
  readonly operations: readonly string[];
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
}

/** What a run did and found. */
export interface FuzzResult {
  readonly seed: number;
  readonly sequences: number;
  readonly operations: number;
  readonly changes: number;
  /** Times each kind of operation was done. */
  readonly done: Readonly<Record<string, number>>;
  /** Verdicts that came up, with their number. */
  readonly verdicts: Readonly<Record<string, number>>;
  readonly failures: readonly FuzzFailure[];
}

/** Sequences that share one pause and one round of programs. */
const BATCH = 50;
/** Operations that build a tree, and most that change it. */
const SEED_OPERATIONS = 30;
const MOST_OPERATIONS = 14;
/** Longer than the clock tick with which older kernels stamp changes: two in one tick look alike. */
const TICK_MS = 25;
const SPECIALS = 300;
const KINDS = Object.keys(OPERATIONS);

// One program for many files: Node itself has no call for extended attributes.
const SET_ATTRIBUTES = `
import os, sys
for line in sys.stdin:
    try:
        os.setxattr(bytes.fromhex(line), b"user.fuzz", b"1", follow_symlinks=False)
        print(1)
    except OSError:
        print(0)
`;
const MAKE_SOCKETS = `
import socket, sys
for path in sys.argv[1:]:
    socket.socket(socket.AF_UNIX).bind(path)
`;

/** Changes real trees at random and compares what the snapshots tell with what the model of each tree expects. */
export async function fuzzTree(seed: number, sequences: number): Promise<FuzzResult> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "fuzz-tree-"));
  const verdicts: Record<string, number> = {};
  const failures: FuzzFailure[] = [];
  const result = {
    seed,
    sequences,
    operations: 0,
    changes: 0,
    done: Object.fromEntries(["attribute", ...KINDS].map((name) => [name, 0])),
    verdicts,
    failures,
  };
  try {
    for (let first = 0; first < sequences; first += BATCH) {
      const count = Math.min(BATCH, sequences - first);
      for (const told of await fuzzBatch(folder, seed, first, count)) {
        for (const name of told.operations) result.done[name] = (result.done[name] ?? 0) + 1;
        for (const line of told.reported) {
          const verdict = line.split(" ").slice(-2).join(" ");
          verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
        }
        result.operations += told.operations.length;
        result.changes += told.reported.length;
        const missing = told.expected.filter((line) => !told.reported.includes(line));
        const unexpected = told.reported.filter((line) => !told.expected.includes(line));
        if (missing.length + unexpected.length > 0)
          failures.push({ sequence: told.sequence, operations: told.operations, missing, unexpected });
      }
    }
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fuzzBatch(folder: string, seed: number, first: number, count: number) {
  const batch = mkdtempSync(join(folder, "batch-"));
  const specials = makeSpecials(join(batch, "specials"));
  const trees = Array.from({ length: count }, (_, index): FuzzTree => {
    const [root, aside] = [join(batch, `t${index}`), join(batch, `a${index}`)];
    mkdirSync(root);
    mkdirSync(aside);
    const model = makeNode("dir", statSync(root).mode & 0o7777);
    const random = new Random(Math.imul(seed, 0x9e3779b1) + first + index);
    const tree = { root, aside, model, random, specials };
    for (let at = 0; at < SEED_OPERATIONS; at += 1) operateAtRandom(tree, BUILDERS);
    return tree;
  });
  const before = await Promise.all(
    trees.map(async ({ root, model }) => ({ seen: await takeSnapshot(root), model: freezeTree(model) })),
  );
  await sleep(TICK_MS);
  const done = trees.map((tree) => {
    const wanted = 1 + tree.random.below(MOST_OPERATIONS);
    return Array.from({ length: wanted }, () => operateAtRandom(tree, KINDS)).filter((name) => name !== null);
  });
  for (const index of setAttributes(trees)) done[index]?.push("attribute");
  const allowed = compileAllowedPaths(ALLOWED);
  if (!allowed.ok) throw new Error("the globs of the fuzz are outside the dialect");
  const told = await Promise.all(
    trees.map(async ({ root, model }, index) => {
      const start = before[index];
      if (start === undefined) throw new Error("a tree without a first snapshot");
      const changes = compareSnapshots(start.seen, await takeSnapshot(root), allowed);
      return {
        sequence: first + index,
        operations: done[index] ?? [],
        expected: expectedChanges(start.model, freezeTree(model), root),
        reported: changes.map(({ path, kind, verdict }) => `${path} ${kind} ${verdict}`).toSorted(),
      };
    }),
  );
  rmSync(batch, { recursive: true, force: true });
  return told;
}

/** Gives a file in every fourth tree an extended attribute; the trees in which the file system took it. */
function setAttributes(trees: readonly FuzzTree[]): number[] {
  const wanted = trees.flatMap((tree, index) => {
    const files = placesBelow(tree.model).filter(({ node }) => node.type === "file");
    return tree.random.below(4) > 0 || files.length === 0
      ? []
      : [{ index, tree, place: tree.random.pick(files) }];
  });
  if (process.platform !== "linux" || wanted.length === 0) return [];
  const paths = wanted.map(({ tree, place }) =>
    [
      Buffer.from(tree.root).toString("hex"),
      Buffer.from(`/${place.path.join("/")}`, "latin1").toString("hex"),
    ].join(""),
  );
  const answers = execFileSync("python3", ["-c", SET_ATTRIBUTES], {
    input: paths.map((path) => `${path}\n`).join(""),
    encoding: "utf8",
    timeout: 30_000,
  }).split("\n");
  return wanted.flatMap(({ index, place }, at) => {
    if (answers[at] !== "1") return [];
    place.node.stamp += 1;
    return [index];
  });
}

function makeSpecials(folder: string): FuzzTree["specials"] {
  mkdirSync(folder);
  const files = Array.from({ length: SPECIALS }, (_, index) => join(folder, String(index)));
  const fifos = files.filter((_, index) => index % 2 === 0);
  const sockets = process.platform === "linux" ? files.filter((_, index) => index % 2 === 1) : [];
  execFileSync("mkfifo", fifos, { timeout: 30_000 });
  if (sockets.length > 0) execFileSync("python3", ["-c", MAKE_SOCKETS, ...sockets], { timeout: 30_000 });
  return [
    ...fifos.map((file) => ({ file, type: "fifo" as const })),
    ...sockets.map((file) => ({ file, type: "socket" as const })),
  ];
}
