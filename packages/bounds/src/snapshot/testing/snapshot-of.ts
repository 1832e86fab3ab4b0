import { rawPath } from "../entry-line.ts";
import type { SnapshotEntry } from "../snapshot-entry.ts";
import { SnapshotWriter, type Snapshot } from "../snapshot.ts";

/** Snapshot of entries in any order, as a walk of such a tree would give it. */
export function snapshotOf(entries: readonly SnapshotEntry[]): Snapshot {
  const writer = new SnapshotWriter();
  const sorted = entries
    .map((entry) => ({ entry, raw: rawPath(entry.path) ?? Buffer.from(entry.path) }))
    .sort((a, b) => Buffer.compare(a.raw, b.raw));
  for (const { entry, raw } of sorted) writer.add(entry, raw);
  return writer.end();
}
