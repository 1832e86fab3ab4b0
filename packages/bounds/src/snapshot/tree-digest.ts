import { createHash } from "node:crypto";
import type { Sha256 } from "@stage6/evidence-interface";
import type { SnapshotEntry } from "./snapshot-entry.ts";

/** Characters gathered before they are hashed: a call for each line would cost more than the hashing. */
const GATHERED = 64 * 1024;

/** State of a whole tree in few bytes. */
export interface TreeState {
  /**
   * Digest of path, type, mode, links, size, content and target of every entry. It leaves out change time, inode and
   * device, so that two walks of an untouched tree agree and so does a faithful copy; and the size and link count of
   * directories, which follow from the file system and not from the tree.
   */
  readonly digest: Sha256;
  /** Entries, the root included; 0 for a tree that does not exist. */
  readonly count: number;
  /** Entries that could not be read whole and unchanged. */
  readonly unreadable: number;
}

/** Reckons the {@link TreeState} of entries that come in the order of a snapshot. */
export class TreeDigest {
  readonly #hash = createHash("sha256");
  #gathered = "";
  #count = 0;
  #unreadable = 0;

  /** Takes the next entry. */
  add({ path, type, mode, nlink, size, sha256, target }: SnapshotEntry): void {
    const own = type === "dir" ? [0, 0] : [nlink, size];
    this.#gathered += `${JSON.stringify([path, type, mode, ...own, sha256, target])}\n`;
    if (this.#gathered.length >= GATHERED) this.#flush();
    this.#count += 1;
    if (type === "unreadable") this.#unreadable += 1;
  }

  /** The state of all that was added; called once. */
  end(): TreeState {
    this.#flush();
    return {
      digest: `sha256:${this.#hash.digest("hex")}`,
      count: this.#count,
      unreadable: this.#unreadable,
    };
  }

  #flush(): void {
    this.#hash.update(this.#gathered);
    this.#gathered = "";
  }
}
