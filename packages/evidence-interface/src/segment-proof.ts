import Type, { type Static } from "typebox";
import { digestHex } from "./digest.ts";
import { hashNode, startLeaf } from "./merkle.ts";
import { Count, SchemaVersion, SCHEMA_VERSION, Sha256 } from "./primitives.ts";

/** Proof that one segment belongs to a log, without the rest of the log: the audit path of RFC 6962 section 2.1.1. */
export const SegmentProof = Type.Object(
  {
    schemaVersion: SchemaVersion,
    index: Count,
    segments: Count,
    path: Type.Array(Sha256, { maxItems: 53, description: "Hashes beside the way up, the lowest first." }),
  },
  { additionalProperties: false, description: "Inclusion proof of one segment of an event log." },
);
export type SegmentProof = Static<typeof SegmentProof>;

/** Leaf hash of one segment's exact bytes, SHA-256(0x00 || bytes). */
export function segmentLeaf(bytes: Uint8Array): Sha256 {
  return written(startLeaf().update(bytes).digest());
}

/** Proof for the segment at `index` from the leaf hashes of all segments in order; throws a RangeError when there is none. */
export function proveSegment(leaves: readonly Sha256[], index: number): SegmentProof {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length)
    throw new RangeError(`no segment ${index} in ${leaves.length}`);
  let level: readonly Uint8Array[] = leaves.map(read);
  const path: Sha256[] = [];
  for (let at = index; level.length > 1; at = Math.floor(at / 2)) {
    // The sibling of the last node of an odd level is missing: that node moves up unhashed.
    const sibling = level[at % 2 === 0 ? at + 1 : at - 1];
    if (sibling !== undefined) path.push(written(sibling));
    level = above(level);
  }
  return { schemaVersion: SCHEMA_VERSION, index, segments: leaves.length, path };
}

/** True only if `bytes` are exactly the segment that the proof names, in the log that a signed manifest commits to. Never throws. */
export function verifySegment(
  bytes: Uint8Array,
  proof: SegmentProof,
  committed: { readonly segments: number; readonly merkleRoot: Sha256 },
): boolean {
  if (proof.segments !== committed.segments || proof.index >= proof.segments) return false;
  let hash = read(segmentLeaf(bytes));
  let at = proof.index;
  let used = 0;
  for (let size = proof.segments; size > 1; size = Math.ceil(size / 2)) {
    const right = at % 2 === 1;
    if (right || at + 1 < size) {
      const sibling = proof.path[used];
      if (sibling === undefined) return false;
      used += 1;
      hash = right ? hashNode(read(sibling), hash) : hashNode(hash, read(sibling));
    }
    at = Math.floor(at / 2);
  }
  return used === proof.path.length && written(hash) === committed.merkleRoot;
}

function above(level: readonly Uint8Array[]): readonly Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const left = level[at];
    const right = level[at + 1];
    if (left !== undefined) parents.push(right === undefined ? left : hashNode(left, right));
  }
  return parents;
}

function read(digest: Sha256): Uint8Array {
  return Buffer.from(digestHex(digest), "hex");
}

function written(hash: Uint8Array): Sha256 {
  return `sha256:${Buffer.from(hash).toString("hex")}`;
}
