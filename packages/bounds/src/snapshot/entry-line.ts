import { unescapePath } from "../paths/escaped-path.ts";
import { ENTRY_TYPES, type EntryType, type SnapshotEntry } from "./snapshot-entry.ts";

/** One entry as a line with fixed key order, exactly what `JSON.stringify` writes. */
export function renderEntry(entry: SnapshotEntry): string {
  const { path, type, mode, nlink, size, sha256, target, ino, dev, ctimeNs } = entry;
  return `${JSON.stringify({ path, type, mode, nlink, size, sha256, target, ino, dev, ctimeNs })}\n`;
}

/** Bytes of an entry's path by which entries are sorted, empty for the root; null for text that no walk writes. */
export function rawPath(path: string): Buffer | null {
  if (path === ".") return Buffer.alloc(0);
  const raw = unescapePath(path);
  return raw === null ? null : Buffer.from(raw);
}

/** The entry of a line without its line feed; null when {@link renderEntry} would write it otherwise. */
export function parseEntry(line: string): SnapshotEntry | null {
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
