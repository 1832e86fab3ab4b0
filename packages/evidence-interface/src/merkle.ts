import { createHash } from "node:crypto";
import type { Sha256 } from "./primitives.ts";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** Starts the hash of one leaf; feed it the segment's bytes, then `digest()` (RFC 6962 section 2.1). */
export function startLeaf(): ReturnType<typeof createHash> {
  return createHash("sha256").update(LEAF);
}

/** Hash of a node over two children (RFC 6962 section 2.1). */
export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  return createHash("sha256").update(NODE).update(left).update(right).digest();
}

/** Root of the RFC 6962 tree over leaf hashes, built incrementally: memory is the height of the tree. */
export class MerkleRoot {
  #stack: { size: number; hash: Uint8Array }[] = [];
  #leaves = 0;

  /** Number of leaves added. */
  get leaves(): number {
    return this.#leaves;
  }

  /** Adds one 32-byte leaf hash. */
  add(leaf: Uint8Array): void {
    this.#leaves += 1;
    let node = { size: 1, hash: leaf };
    for (;;) {
      const top = this.#stack.at(-1);
      if (top === undefined || top.size !== node.size) break;
      this.#stack.pop();
      node = { size: node.size * 2, hash: hashNode(top.hash, node.hash) };
    }
    this.#stack.push(node);
  }

  /** Root over all leaves so far; of no leaves: SHA-256 of nothing. */
  root(): Sha256 {
    let hash: Uint8Array | null = null;
    for (let i = this.#stack.length - 1; i >= 0; i--) {
      const node = this.#stack[i];
      if (node === undefined) continue;
      hash = hash === null ? node.hash : hashNode(node.hash, hash);
    }
    const bytes = hash ?? createHash("sha256").digest();
    return `sha256:${Buffer.from(bytes).toString("hex")}`;
  }
}
