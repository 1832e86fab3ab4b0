import { unescapePath } from "../paths/escaped-path.ts";
import { ENTRY_TYPES, type EntryType, type Snapshot, type SnapshotEntry } from "./snapshot.ts";

/** Snapshot as JSON lines, one entry per line, each exactly what `JSON.stringify` writes, in the snapshot's order. */
export function renderSnapshot(snapshot: Snapshot): Uint8Array {
  return Buffer.concat(snapshot.entries.map((entry) => Buffer.from(renderEntry(entry))));
}

/** One entry as a line with fixed key order. */
export function renderEntry(entry: SnapshotEntry): string {
  const { path, type, mode, nlink, size, sha256, target, ino, dev, ctimeNs } = entry;
  return `${JSON.stringify({ path, type, mode, nlink, size, sha256, target, ino, dev, ctimeNs })}\n`;
}

/** A parsed snapshot, or the first line (from 1) that is not what {@link renderSnapshot} writes. */
export type ParsedSnapshot =
  | { readonly ok: true; readonly snapshot: Snapshot }
  | { readonly ok: false; readonly line: number; readonly reason: string };

/** Reads back what {@link renderSnapshot} wrote; refuses anything else, bytes out of order included. */
export function parseSnapshot(bytes: Uint8Array): ParsedSnapshot {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { ok: false, line: 0, reason: "is not UTF-8" };
  }
  const lines = text.split("\n");
  if (lines.pop() !== "") return { ok: false, line: lines.length + 1, reason: "does not end in a line feed" };
  const entries: SnapshotEntry[] = [];
  let before: Uint8Array | null = null;
  for (const [index, line] of lines.entries()) {
    const entry = parseEntry(line);
    if (entry === null) return { ok: false, line: index + 1, reason: "is not an entry" };
    const raw = entry.path === "." ? new Uint8Array() : unescapePath(entry.path);
    if (raw === null)
      return { ok: false, line: index + 1, reason: "has a path that is not escaped as it should be" };
    if (before !== null && Buffer.compare(before, raw) >= 0) {
      return { ok: false, line: index + 1, reason: "is not sorted by the bytes of its path" };
    }
    before = raw;
    entries.push(entry);
  }
  return { ok: true, snapshot: { entries } };
}

function parseEntry(line: string): SnapshotEntry | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const field = (name: string): unknown =>
    Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
  const [path, type, sha256, target] = [field("path"), field("type"), field("sha256"), field("target")];
  const [mode, nlink, size] = [field("mode"), field("nlink"), field("size")];
  const [ino, dev, ctimeNs] = [field("ino"), field("dev"), field("ctimeNs")];
  if (typeof path !== "string" || path === "" || !isEntryType(type)) return null;
  if (!isCount(mode) || mode > 0o7777 || !isCount(nlink) || !isCount(size)) return null;
  if (!isDigest(sha256) || !(target === null || typeof target === "string")) return null;
  if (!isDecimal(ino) || !isDecimal(dev) || !isDecimal(ctimeNs)) return null;
  const entry = { path, type, mode, nlink, size, sha256, target, ino, dev, ctimeNs };
  // Rendering again refuses unknown keys, other key orders and other spellings in one step.
  return renderEntry(entry) === `${line}\n` ? entry : null;
}

function isEntryType(value: unknown): value is EntryType {
  return ENTRY_TYPES.some((type) => type === value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isDigest(value: unknown): value is string | null {
  return value === null || (typeof value === "string" && /^sha256:[0-9a-f]{64}$/u.test(value));
}

function isDecimal(value: unknown): value is string {
  return typeof value === "string" && /^-?[0-9]{1,24}$/u.test(value);
}
