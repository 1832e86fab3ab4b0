import { createHash } from "node:crypto";
import type { Change } from "@stage6/evidence-interface";
import type { AllowedPaths } from "../paths/compile-allowed-paths.ts";
import { readablePath } from "../paths/escaped-path.ts";
import { changeKind } from "./change-kind.ts";
import { judgeChange, type JudgeContext } from "./judge-change.ts";
import { mergeSnapshots, type SnapshotPair } from "./merge-snapshots.ts";
import type { SnapshotEntry } from "./snapshot-entry.ts";
import type { Snapshot } from "./snapshot.ts";

/** Longest path of the `Change` schema. */
const MAX_PATH_LENGTH = 8192;

/**
 * Every path that differs between two walks of one tree, judged by the allowed paths and sorted by code unit.
 * A path that is unreadable afterwards is always a violation, even when it was unreadable before: nobody can say
 * that it stayed the same. A change of times alone is `touched`. Memory grows with what differs, not with the trees.
 */
export function compareSnapshots(before: Snapshot, after: Snapshot, allowed: AllowedPaths): Change[] {
  const pairs = [...mergeSnapshots(before, after)];
  const unreadable = new Set(
    pairs.flatMap(({ path, after: now }) => (now?.type === "unreadable" ? [path] : [])),
  );
  const context: JudgeContext = { after: remember(after), allowed, carriers: carriersOf(pairs, allowed) };
  const changes: Change[] = [];
  for (const pair of pairs) {
    if (isHidden(pair, unreadable)) continue;
    const change = judge(pair, context);
    if (change !== null) changes.push({ ...change, path: shorten(change.path) });
  }
  return changes.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function judge(pair: SnapshotPair, context: JudgeContext): Change | null {
  const { path, before, after } = pair;
  const kind = changeKind(before, after);
  if (after?.type === "unreadable") {
    const known = kind === null || kind === "touched" ? "modified" : kind;
    return { path, kind: known, verdict: "violation", rule: judgeChange(pair, known, context) };
  }
  if (kind === null) return null;
  if (kind === "touched") return { path, kind, verdict: "touched", rule: null };
  const rule = judgeChange(pair, kind, context);
  return { path, kind, verdict: rule === null ? "allowed" : "violation", rule };
}

/** Many changes ask for the same few directories. */
function remember(snapshot: Snapshot): JudgeContext["after"] {
  const known = new Map<string, SnapshotEntry | undefined>();
  return (path) => {
    if (!known.has(path)) known.set(path, snapshot.get(path));
    return known.get(path);
  };
}

/** Below a directory that cannot be listed nothing is known; the directory itself is the violation. */
function isHidden({ path, after }: SnapshotPair, unreadable: ReadonlySet<string>): boolean {
  if (after !== undefined || path === ".") return false;
  return unreadable.has(".") || ancestors(path).some((dir) => unreadable.has(dir));
}

/** Directories that came or went with an allowed path in them: it came or went with them, so it is one of the pairs. */
function carriersOf(pairs: readonly SnapshotPair[], allowed: AllowedPaths): ReadonlySet<string> {
  const carriers = new Set<string>();
  for (const { path } of pairs) {
    const readable = readablePath(path);
    if (readable === null || !allowed.matches(readable)) continue;
    for (const dir of ancestors(path)) carriers.add(dir);
  }
  return carriers;
}

function ancestors(path: string): string[] {
  const segments = path.split("/");
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join("/"));
}

/** A longer path keeps its head and ends in `\~` and its digest, which no escaped path can. */
function shorten(path: string): string {
  if (path.length <= MAX_PATH_LENGTH) return path;
  const digest = createHash("sha256").update(path).digest("hex");
  return `${path.slice(0, MAX_PATH_LENGTH - 128).replace(/\p{Cs}/gu, "")}\\~${digest}`;
}
