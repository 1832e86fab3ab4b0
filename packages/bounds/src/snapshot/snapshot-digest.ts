import { createHash } from "node:crypto";
import type { Sha256 } from "@stage6/evidence-interface";
import type { Snapshot } from "./snapshot.ts";

/**
 * Digest of a tree's state: path, type, mode, links, size, content and target of every entry. It leaves out change
 * time, inode and device, so that two walks of an untouched tree agree and so does a faithful copy; and the size and
 * link count of directories, which follow from the file system and not from the tree.
 */
export function snapshotDigest(snapshot: Snapshot): Sha256 {
  const hash = createHash("sha256");
  for (const { path, type, mode, nlink, size, sha256, target } of snapshot.entries) {
    const own = type === "dir" ? [0, 0] : [nlink, size];
    hash.update(`${JSON.stringify([path, type, mode, ...own, sha256, target])}\n`);
  }
  return `sha256:${hash.digest("hex")}`;
}
