import { parseEntry, rawPath } from "./entry-line.ts";
import { SnapshotWriter, type Snapshot } from "./snapshot.ts";

/** A parsed snapshot, or the first line (from 1) that is not what a snapshot's lines are. */
export type ParsedSnapshot =
  | { readonly ok: true; readonly snapshot: Snapshot }
  | { readonly ok: false; readonly line: number; readonly reason: string };

/** Reads back what a snapshot's `chunks` are; refuses anything else, bytes out of order included. */
export function parseSnapshot(bytes: Uint8Array): ParsedSnapshot {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { ok: false, line: 0, reason: "is not UTF-8" };
  }
  const lines = text.split("\n");
  if (lines.pop() !== "") return { ok: false, line: lines.length + 1, reason: "does not end in a line feed" };
  const writer = new SnapshotWriter();
  let before: Uint8Array | null = null;
  for (const [index, line] of lines.entries()) {
    const entry = parseEntry(line);
    if (entry === null) return { ok: false, line: index + 1, reason: "is not an entry" };
    const raw = rawPath(entry.path);
    if (raw === null)
      return { ok: false, line: index + 1, reason: "has a path that is not escaped as it should be" };
    if (before !== null && Buffer.compare(before, raw) >= 0)
      return { ok: false, line: index + 1, reason: "is not sorted by the bytes of its path" };
    before = raw;
    writer.add(entry, raw);
  }
  return { ok: true, snapshot: writer.end() };
}
