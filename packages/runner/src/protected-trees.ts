import { realpath } from "node:fs/promises";
import { digestTree } from "@stage6/bounds";
import type { PlannedTree, Protected, Sha256, TrialPlan } from "@stage6/evidence-interface";
import { RunnerError } from "./runner-error.ts";

/** A tree that every trial must leave as it was, and where it lies on this machine. */
export interface ProtectedTree extends PlannedTree {
  readonly path: string;
}

/** Digest of each listed tree by name; null when it is not there or cannot be read whole. */
export type TreeDigests = ReadonlyMap<string, Sha256 | null>;

/** Names and kinds for a plan, sorted. Throws PLAN_MISMATCH when a name stands twice or is one that every trial has. */
export function plannedTrees(trees: readonly ProtectedTree[]): PlannedTree[] {
  const names = ["home", "origin", "surroundings", ...trees.map(({ name }) => name)];
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw new RunnerError("PLAN_MISMATCH", `the name ${twice} of a protected tree is taken`);
  return trees
    .map(({ name, kind }) => ({ name, kind }))
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Throws PLAN_MISMATCH unless the trees that are known here are those of the plan. */
export function assertPlannedTrees(plan: TrialPlan, trees: readonly ProtectedTree[]): void {
  const [here, planned] = [plannedTrees(trees), plan.protectedTrees ?? []].map((list) =>
    JSON.stringify(list),
  );
  if (here !== planned)
    throw new RunnerError("PLAN_MISMATCH", `the protected trees are ${here}, the plan says ${planned}`);
}

/** Reads every listed tree whole, its git folder included. */
export async function readProtectedTrees(trees: readonly ProtectedTree[]): Promise<TreeDigests> {
  const digests = new Map<string, Sha256 | null>();
  // One after the other: they may be large, and each walk keeps the disk busy by itself.
  for (const { name, path } of trees) digests.set(name, await digestOf(path));
  return digests;
}

async function digestOf(path: string): Promise<Sha256 | null> {
  const real = await realpath(path).catch(() => null);
  if (real === null) return null;
  const { digest, count, unreadable } = await digestTree(real, { skipGit: false });
  return count > 0 && unreadable === 0 ? digest : null;
}

/** Names of the trees that do not read as they did, sorted. Pure. */
export function changedTrees(before: TreeDigests, after: TreeDigests): string[] {
  return [...before].flatMap(([name, digest]) => (after.get(name) === digest ? [] : [name])).toSorted();
}

/** The listed trees as the observation records them. Pure. */
export function compareTrees(
  trees: readonly ProtectedTree[],
  before: TreeDigests,
  after: TreeDigests,
): Protected[] {
  return trees.map(({ name, kind }) => ({
    name,
    kind,
    before: before.get(name) ?? null,
    after: after.get(name) ?? null,
  }));
}
