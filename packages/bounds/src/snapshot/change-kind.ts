import type { Change } from "@stage6/evidence-interface";
import type { SnapshotEntry } from "./snapshot-entry.ts";

/**
 * How one path differs between two walks, or null when it does not. What a directory says about itself beyond its
 * mode and device changes with every name in it and is left out; the names themselves are compared.
 */
export function changeKind(
  before: SnapshotEntry | undefined,
  after: SnapshotEntry | undefined,
): Change["kind"] | null {
  if (before === undefined) return after === undefined ? null : "added";
  if (after === undefined) return "deleted";
  if (before.type !== after.type) return "type-changed";
  if (after.dev !== before.dev) return "modified";
  if (after.type !== "dir") {
    const same =
      before.sha256 === after.sha256 && before.target === after.target && before.size === after.size;
    // One more name for the same file is more than a touch: whoever writes through it writes here.
    if (!same || after.nlink > before.nlink) return "modified";
  }
  if (before.mode !== after.mode) return "mode-changed";
  if (after.type === "dir") return null;
  return before.ctimeNs !== after.ctimeNs || before.ino !== after.ino ? "touched" : null;
}
