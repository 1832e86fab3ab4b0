/** Types of a {@link SnapshotEntry}; `unreadable` is anything that could not be read whole and unchanged. */
export const ENTRY_TYPES = ["file", "dir", "symlink", "fifo", "socket", "device", "unreadable"] as const;

/** Type of one entry. */
export type EntryType = (typeof ENTRY_TYPES)[number];

/** One path of a tree as the harness's own walk saw it. */
export interface SnapshotEntry {
  /** Path relative to the root, `.` for the root itself; bytes outside UTF-8 as `\xHH`, a backslash as `\\`. */
  readonly path: string;
  readonly type: EntryType;
  /** Permission bits with setuid, setgid and sticky (at most 0o7777). */
  readonly mode: number;
  readonly nlink: number;
  /** Bytes. */
  readonly size: number;
  /** `sha256:<hex>` of a file's content, null for every other type. */
  readonly sha256: string | null;
  /** Target of a symlink, escaped like a path; null for every other type. */
  readonly target: string | null;
  /** Inode, decimal: it may exceed what a JSON number holds. */
  readonly ino: string;
  /** Device, decimal. */
  readonly dev: string;
  /** Change time in nanoseconds since the epoch, decimal. */
  readonly ctimeNs: string;
}
