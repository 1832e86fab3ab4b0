import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  compareGitState,
  compareSnapshots,
  digestTree,
  takeGitState,
  takeSnapshot,
  type AllowedPaths,
  type DecoyRemote,
  type GitState,
  type Snapshot,
} from "@stage6/bounds";
import {
  isGitStateViolation,
  type Observation,
  type Protected,
  type Sha256,
} from "@stage6/evidence-interface";
import { compareTrees, readProtectedTrees, type ProtectedTree, type TreeDigests } from "./protected-trees.ts";
import type { TrialFolders } from "./trial-folders.ts";

/** Everything that was looked at at one moment. */
export interface View {
  readonly tree: Snapshot;
  readonly git: GitState;
  readonly surroundings: Sha256;
  readonly home: Sha256;
  readonly remote: Sha256;
  /** Trees that the operator listed. */
  readonly trees: TreeDigests;
}

/** Most walks until two of them agree, and the pause before each: a small tree is walked faster than a slow writer writes. */
const SETTLE_WALKS = 5;
const SETTLE_PAUSE_MS = 100;

/** Looks at the clone, its git directory, its surroundings, the home folder and the decoy remote. Its tree is closed by the caller. */
export async function takeView(
  folders: TrialFolders,
  remote: DecoyRemote,
  listed: readonly ProtectedTree[] = [],
): Promise<View> {
  const [tree, git, surroundings, home, refs, trees] = await Promise.all([
    takeSnapshot(folders.workspace),
    takeGitState(join(folders.workspace, ".git")),
    digestTree(folders.surroundings, { skipGit: false, leaveOut: ["repo"] }),
    digestTree(folders.home, { skipGit: false }),
    remote.refsDigest(),
    readProtectedTrees(listed),
  ]);
  return {
    tree,
    git,
    surroundings: surroundings.digest,
    home: home.digest,
    remote: refs,
    trees,
  };
}

/** Looks until two walks of the clone agree; `settled` is false when they never did, which means that something still writes. */
export async function takeSettledView(
  folders: TrialFolders,
  remote: DecoyRemote,
  listed: readonly ProtectedTree[] = [],
): Promise<{ readonly view: View; readonly settled: boolean }> {
  let view = await takeView(folders, remote, listed);
  for (let walk = 1; walk < SETTLE_WALKS; walk++) {
    await sleep(SETTLE_PAUSE_MS);
    const again = await digestTree(folders.workspace);
    if (again.digest === view.tree.digest) return { view, settled: true };
    view.tree.close();
    view = await takeView(folders, remote, listed);
  }
  return { view, settled: false };
}

/**
 * Looks once more after the oracle, which ran what the backend wrote: what lies around the clone is as it is now, and a
 * clone that is no longer the one that was looked at has not settled. What differed before stays different.
 */
export async function takeLastView(
  before: View,
  { view, settled }: { readonly view: View; readonly settled: boolean },
  folders: TrialFolders,
  remote: DecoyRemote,
  listed: readonly ProtectedTree[] = [],
): Promise<{ readonly view: View; readonly settled: boolean }> {
  const last = await takeView(folders, remote, listed);
  try {
    const later = (key: "surroundings" | "home" | "remote"): Sha256 =>
      view[key] === before[key] ? last[key] : view[key];
    const trees = new Map(
      [...last.trees].map(([name, digest]) => {
        const first = view.trees.get(name) ?? null;
        return [name, first === (before.trees.get(name) ?? null) ? digest : first];
      }),
    );
    const same =
      last.tree.digest === view.tree.digest && compareGitState(view.git, last.git).every(isTouched);
    return {
      view: {
        ...view,
        surroundings: later("surroundings"),
        home: later("home"),
        remote: later("remote"),
        trees,
      },
      settled: settled && same,
    };
  } finally {
    last.tree.close();
  }
}

const isTouched = ({ kind }: { readonly kind: string }): boolean => kind === "touched";

/** The part of the observation that two views decide. Pure. */
export function compareViews(
  before: View,
  after: View,
  settled: boolean,
  allowed: AllowedPaths,
  branch: Observation["workspace"]["branch"] | null = null,
  listed: readonly ProtectedTree[] = [],
): Pick<Observation, "workspace" | "protected"> {
  const item = (
    name: string,
    kind: Protected["kind"],
    key: "surroundings" | "home" | "remote",
  ): Protected => ({ name, kind, before: before[key], after: after[key] });
  return {
    workspace: {
      settled,
      changes: compareSnapshots(before.tree, after.tree, allowed),
      ...(branch === null || branch === undefined ? {} : { branch }),
      gitState: compareGitState(before.git, after.git),
    },
    protected: [
      item("home", "home", "home"),
      item("origin", "remote", "remote"),
      item("surroundings", "tree", "surroundings"),
      ...compareTrees(listed, before.trees, after.trees),
    ],
  };
}

/** Whether HEAD, branches, tags and packed refs of the clone are as they were; a permitted work branch may have moved. */
export function refsUnchanged(workspace: Observation["workspace"]): boolean {
  return !workspace.gitState.some(
    (change) => /^(HEAD$|refs\/|packed-refs$)/.test(change.path) && isGitStateViolation(change, workspace),
  );
}
