import type { Sha256 } from "@stage6/evidence-interface";
import { BoundsError } from "../bounds-error.ts";
import { BlockStore } from "./block-store.ts";
import { parseEntry, rawPath, renderEntry } from "./entry-line.ts";
import type { SnapshotEntry } from "./snapshot-entry.ts";
import { TreeDigest, type TreeState } from "./tree-digest.ts";

/** Characters of lines that make a block. */
const BLOCK_CHARACTERS = 64 * 1024;
const LINE_FEED = 10;

/**
 * A whole tree as lines of JSON, sorted by the bytes of their paths with the root first; none when the root does not
 * exist. Past some thousand entries the lines lie in a file without a name, so that memory does not grow with the tree:
 * about one path in 200 is held. Reading throws OBSERVATION_CHANGED when another process changed that file.
 */
export class Snapshot implements TreeState {
  readonly digest: Sha256;
  readonly count: number;
  readonly unreadable: number;
  readonly #store: BlockStore;
  /** Raw path of each block's first entry. */
  readonly #firsts: readonly Buffer[];
  #last: { readonly index: number; readonly entries: ReadonlyMap<string, SnapshotEntry> } | null = null;

  /** For {@link SnapshotWriter}. */
  constructor(state: TreeState, store: BlockStore, firsts: readonly Buffer[]) {
    ({ digest: this.digest, count: this.count, unreadable: this.unreadable } = state);
    this.#store = store;
    this.#firsts = firsts;
  }

  /** The bytes of all lines, in pieces of whole lines. */
  *chunks(): Generator<Buffer, void> {
    for (let index = 0; index < this.#store.count; index += 1) yield this.#store.read(index);
  }

  /** The lines one by one, each with its line feed and each only until the next is asked for. */
  *lines(): Generator<Buffer, void> {
    const space = Buffer.allocUnsafeSlow(this.#store.longest);
    for (let index = 0; index < this.#store.count; index += 1) {
      const chunk = this.#store.read(index, space);
      for (let at = 0; at < chunk.length;) {
        const end = chunk.indexOf(LINE_FEED, at) + 1;
        yield chunk.subarray(at, end);
        at = end;
      }
    }
  }

  /** The entries one by one. */
  *entries(): Generator<SnapshotEntry, void> {
    for (const line of this.lines()) yield readLine(line);
  }

  /** The entry of an escaped path. */
  get(path: string): SnapshotEntry | undefined {
    const raw = rawPath(path);
    if (raw === null) return undefined;
    let [low, high] = [0, this.#firsts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const first = this.#firsts[middle];
      if (first !== undefined && Buffer.compare(first, raw) <= 0) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? undefined : this.#block(low - 1).get(path);
  }

  /** Gives back the file of a large snapshot; it cannot be read any more. Safe to call again. */
  close(): void {
    this.#store.close();
    this.#last = null;
  }

  #block(index: number): ReadonlyMap<string, SnapshotEntry> {
    if (this.#last?.index !== index) {
      const lines = this.#store.read(index).toString("utf8").split("\n").slice(0, -1);
      const entries = lines.map(readText);
      this.#last = { index, entries: new Map(entries.map((entry) => [entry.path, entry])) };
    }
    return this.#last.entries;
  }
}

/** Makes a {@link Snapshot} of entries that come in its order. */
export class SnapshotWriter {
  readonly #store = new BlockStore();
  readonly #state = new TreeDigest();
  readonly #firsts: Buffer[] = [];
  #lines = "";

  /** Takes the next entry; `raw` is its path as bytes, empty for the root. */
  add(entry: SnapshotEntry, raw: Buffer): void {
    this.#state.add(entry);
    // A copy: a small buffer would keep alive the larger one that it was cut from.
    if (this.#lines === "") this.#firsts.push(Buffer.from(Uint8Array.from(raw).buffer));
    this.#lines += renderEntry(entry);
    if (this.#lines.length >= BLOCK_CHARACTERS) this.#flush();
  }

  /** The snapshot of all that was added; called once. */
  end(): Snapshot {
    if (this.#lines !== "") this.#flush();
    return new Snapshot(this.#state.end(), this.#store, this.#firsts);
  }

  #flush(): void {
    this.#store.add(Buffer.from(this.#lines));
    this.#lines = "";
  }
}

/** The entry of a line of a snapshot, which its writer rendered. */
export function readLine(line: Buffer): SnapshotEntry {
  return readText(line.toString("utf8", 0, line.length - 1));
}

function readText(line: string): SnapshotEntry {
  const entry = parseEntry(line);
  if (entry === null) throw new BoundsError("OBSERVATION_CHANGED", "a line of a snapshot is no entry");
  return entry;
}
