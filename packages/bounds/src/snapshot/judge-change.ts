import type { Change, PathRule } from "@stage6/evidence-interface";
import type { AllowedPaths } from "../paths/compile-allowed-paths.ts";
import { readablePath } from "../paths/escaped-path.ts";
import type { SnapshotPair } from "./merge-snapshots.ts";
import { resolveLink, type EntryLookup } from "./resolve-link.ts";
import type { SnapshotEntry } from "./snapshot-entry.ts";

/** What a judgement may look at besides the path itself. */
export interface JudgeContext {
  /** The tree afterwards. */
  readonly after: EntryLookup;
  readonly allowed: AllowedPaths;
  /** Directories that hold an allowed path, before or after: without them the path could not exist. */
  readonly carriers: ReadonlySet<string>;
}

/** The rule a change breaks, or null when it is allowed; the first that applies, the strongest first. */
export function judgeChange(
  { path, before, after }: SnapshotPair,
  kind: Change["kind"],
  context: JudgeContext,
): PathRule | null {
  const readable = readablePath(path);
  if (readable === null) return "not-utf8";
  if (after?.type === "unreadable") return "unreadable";
  if (after !== undefined && (isSpecial(after) || isOtherDevice(path, before, after, context)))
    return "special-file";
  if (after !== undefined && after.type !== "dir" && context.allowed.roots.includes(path))
    return "root-replaced";
  if (after !== undefined && hasNewSpecialBits(path, before, after, context)) return "mode-bits";
  if (after?.type === "file" && after.nlink > 1) return "hard-link";
  // Inside an allowed path too: git runs what the configuration and the hooks of a nested repository name.
  if (readable.split("/").some((segment) => segment.toLowerCase() === ".git")) return "nested-repository";
  if (!context.allowed.matches(readable) && !isCarrier(path, kind, before, after, context))
    return "outside-allowed";
  // Mode and time of a link mean nothing: only a link that is new or points elsewhere is judged.
  if (after?.type === "symlink" && after.target !== before?.target && !leadsToAllowed(after, context)) {
    return "link-escape";
  }
  return null;
}

function isSpecial(entry: SnapshotEntry): boolean {
  return entry.type === "fifo" || entry.type === "socket" || entry.type === "device";
}

/** A file system mounted inside the tree hides what lies below it. */
function isOtherDevice(
  path: string,
  before: SnapshotEntry | undefined,
  after: SnapshotEntry,
  { after: tree }: JudgeContext,
): boolean {
  if (before !== undefined && before.type !== "unreadable") return before.dev !== after.dev;
  const root = tree(".");
  return path !== "." && after.type === "dir" && root !== undefined && root.dev !== after.dev;
}

function hasNewSpecialBits(
  path: string,
  before: SnapshotEntry | undefined,
  after: SnapshotEntry,
  { after: tree }: JudgeContext,
): boolean {
  const added = after.mode & 0o7000 & ~(before?.mode ?? 0);
  if (added !== 0o2000 || before !== undefined || after.type !== "dir") return added !== 0;
  // A new directory inherits setgid from its parent; nobody chose it.
  const parent = tree(path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".");
  return parent === undefined || (parent.mode & 0o2000) === 0;
}

function isCarrier(
  path: string,
  kind: Change["kind"],
  before: SnapshotEntry | undefined,
  after: SnapshotEntry | undefined,
  { carriers }: JudgeContext,
): boolean {
  const appeared = kind === "added" && after?.type === "dir";
  const vanished = kind === "deleted" && before?.type === "dir";
  return path !== "." && (appeared || vanished) && carriers.has(path);
}

function leadsToAllowed(link: SnapshotEntry, { after, allowed }: JudgeContext): boolean {
  const target = resolveLink(link, after);
  const readable = target === null ? null : readablePath(target);
  return readable !== null && allowed.matches(readable);
}
