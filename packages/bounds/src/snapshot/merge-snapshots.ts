import { rawPath } from "./entry-line.ts";
import type { SnapshotEntry } from "./snapshot-entry.ts";
import { readLine, type Snapshot } from "./snapshot.ts";

/** A path of two snapshots, with what each says of it; at least one says something. */
export interface SnapshotPair {
  readonly path: string;
  readonly before: SnapshotEntry | undefined;
  readonly after: SnapshotEntry | undefined;
}

// No path or target can look like it: a quotation mark inside them is escaped.
const UNREADABLE = Buffer.from('","type":"unreadable",');

/** Every path of which two snapshots say something different, and every one that is unreadable in the second, in order. */
export function* mergeSnapshots(before: Snapshot, after: Snapshot): Generator<SnapshotPair, void> {
  const [left, right] = [new Cursor(before), new Cursor(after)];
  const hasUnreadable = after.unreadable > 0;
  for (;;) {
    if (left.line === null && right.line === null) return;
    if (left.line !== null && right.line !== null && left.line.equals(right.line)) {
      if (hasUnreadable && right.line.includes(UNREADABLE)) yield pair(left.entry(), right.entry());
      left.move();
      right.move();
      continue;
    }
    const [old, now] = [left.entry(), right.entry()];
    const order = old === undefined ? 1 : now === undefined ? -1 : Buffer.compare(rawOf(old), rawOf(now));
    yield pair(order <= 0 ? old : undefined, order >= 0 ? now : undefined);
    if (order <= 0) left.move();
    if (order >= 0) right.move();
  }
}

class Cursor {
  readonly #lines: Iterator<Buffer, void>;
  line: Buffer | null = null;
  #entry: SnapshotEntry | null = null;

  constructor(snapshot: Snapshot) {
    this.#lines = snapshot.lines();
    this.move();
  }

  move(): void {
    const next = this.#lines.next();
    this.line = next.done === true ? null : next.value;
    this.#entry = null;
  }

  entry(): SnapshotEntry | undefined {
    if (this.line === null) return undefined;
    return (this.#entry ??= readLine(this.line));
  }
}

function pair(before: SnapshotEntry | undefined, after: SnapshotEntry | undefined): SnapshotPair {
  return { path: after?.path ?? before?.path ?? "", before, after };
}

function rawOf({ path }: SnapshotEntry): Buffer {
  return rawPath(path) ?? Buffer.from(path);
}
