import { createHash } from "node:crypto";
import type { Change } from "@stage6/evidence-interface";
import type { AllowedPaths } from "../paths/compile-allowed-paths.ts";
import { readablePath } from "../paths/escaped-path.ts";
import { changeKind } from "./change-kind.ts";
import { judgeChange, type EntryMap, type JudgeContext } from "./judge-change.ts";
import type { Snapshot } from "./snapshot.ts";

/** Longest path of the `Change` schema. */
const MAX_PATH_LENGTH = 8192;

/**
 * Every path that differs between two walks of one tree, judged by the allowed paths and sorted by code unit.
 * A path that is unreadable afterwards is always a violation, even when it was unreadable before: nobody can say
 * that it stayed the same. A change of times alone is `touched`.
 */
export function compareSnapshots(before: Snapshot, after: Snapshot, allowed: AllowedPaths): Change[] {
  const context: JudgeContext = {
    before: byPath(before),
    after: byPath(after),
    allowed,
    carriers: carriersOf([before, after], allowed),
  };
  const changes: Change[] = [];
  for (const path of new Set([...context.before.keys(), ...context.after.keys()])) {
    if (isHidden(path, context.after)) continue;
    const change = judge(path, context);
    if (change !== null) changes.push({ ...change, path: shorten(path) });
  }
  return changes.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function judge(path: string, context: JudgeContext): Change | null {
  const after = context.after.get(path);
  const kind = changeKind(context.before.get(path), after);
  if (after?.type === "unreadable") {
    const known = kind === null || kind === "touched" ? "modified" : kind;
    return { path, kind: known, verdict: "violation", rule: judgeChange(path, known, context) };
  }
  if (kind === null) return null;
  if (kind === "touched") return { path, kind, verdict: "touched", rule: null };
  const rule = judgeChange(path, kind, context);
  return { path, kind, verdict: rule === null ? "allowed" : "violation", rule };
}

function byPath({ entries }: Snapshot): EntryMap {
  return new Map(entries.map((entry) => [entry.path, entry]));
}

/** Below a directory that cannot be listed nothing is known; the directory itself is the violation. */
function isHidden(path: string, after: EntryMap): boolean {
  if (after.has(path)) return false;
  return (
    path !== "." &&
    (after.get(".")?.type === "unreadable" ||
      ancestors(path).some((dir) => after.get(dir)?.type === "unreadable"))
  );
}

function carriersOf(snapshots: readonly Snapshot[], allowed: AllowedPaths): ReadonlySet<string> {
  const carriers = new Set<string>();
  for (const { path } of snapshots.flatMap(({ entries }) => entries)) {
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
