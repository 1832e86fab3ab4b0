import { lstatSync, readdirSync, readlinkSync, type BigIntStats } from "node:fs";
import { escapePath } from "../paths/escaped-path.ts";
import type { EntryType, SnapshotEntry } from "./snapshot-entry.ts";

/** An entry without content digest, and the names below it when it is a directory. */
export interface FoundEntry {
  readonly entry: SnapshotEntry;
  readonly names: readonly Buffer[];
}

/** Looks at one path without following links; null only when it does not exist. Never throws for what it finds. */
export function readEntry(full: Buffer, path: string): FoundEntry | null {
  let stats: BigIntStats;
  try {
    stats = lstatSync(full, { bigint: true });
  } catch (error) {
    return isMissing(error) ? null : { entry: neverSeen(path), names: [] };
  }
  const entry = fromStats(path, stats);
  try {
    if (entry.type === "symlink") {
      return {
        entry: { ...entry, target: escapePath(readlinkSync(full, { encoding: "buffer" })) },
        names: [],
      };
    }
    if (entry.type !== "dir") return { entry, names: [] };
    const names = readdirSync(full, { encoding: "buffer" });
    // A directory swapped for a link while it was listed would have shown another tree.
    const again = lstatSync(full, { bigint: true });
    const same = again.ino === stats.ino && again.dev === stats.dev && again.ctimeNs === stats.ctimeNs;
    return same ? { entry, names } : { entry: { ...entry, type: "unreadable" }, names: [] };
  } catch {
    return { entry: { ...entry, type: "unreadable" }, names: [] };
  }
}

/** An entry for a path of which not even lstat told anything. */
export function neverSeen(path: string): SnapshotEntry {
  return {
    path,
    type: "unreadable",
    mode: 0,
    nlink: 0,
    size: 0,
    sha256: null,
    target: null,
    ino: "0",
    dev: "0",
    ctimeNs: "0",
  };
}

function fromStats(path: string, stats: BigIntStats): SnapshotEntry {
  return {
    path,
    type: typeOf(stats),
    mode: Number(stats.mode & 0o7777n),
    nlink: Number(stats.nlink),
    size: Number(stats.size),
    sha256: null,
    target: null,
    ino: String(stats.ino),
    dev: String(stats.dev),
    ctimeNs: String(stats.ctimeNs),
  };
}

function typeOf(stats: BigIntStats): EntryType {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "dir";
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isFIFO()) return "fifo";
  if (stats.isSocket()) return "socket";
  if (stats.isBlockDevice() || stats.isCharacterDevice()) return "device";
  return "unreadable";
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
