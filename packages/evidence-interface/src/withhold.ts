import { sha256 } from "./digest.ts";
import { checkDocument } from "./validate.ts";
import { Manifest } from "./manifest.ts";
import { SCHEMA_VERSION } from "./primitives.ts";
import { proveSegment, segmentLeaf } from "./segment-proof.ts";
import { splitSegments } from "./split-segments.ts";
import { parseStrictBytes, writeStrictBytes } from "./strict-json.ts";
import { segmentFile, WITHHELD_FILE, type Withheld } from "./withheld.ts";

/** What to take out: whole artifacts by path, and segments of the log by index, each with its reason. */
export interface WithholdRequest {
  readonly files?: ReadonlyMap<string, string>;
  readonly segments?: ReadonlyMap<number, string>;
}

/**
 * A bundle without what must not be published. Manifest and envelope stay byte for byte, so that everything left can
 * still be verified; of a log with a segment taken out the other segments are shown, each with its inclusion proof.
 * Pure; throws a RangeError for a file or segment that is not there. Not to be called on a bundle already withheld.
 */
export function withhold(
  files: ReadonlyMap<string, Uint8Array>,
  request: WithholdRequest,
): Map<string, Uint8Array> {
  const manifestBytes = files.get("manifest.json") ?? Buffer.of();
  const json = parseStrictBytes(manifestBytes);
  const manifest = json.ok ? checkDocument(Manifest, json.value, "manifest.json").value : null;
  if (manifest === null) throw new RangeError("no readable manifest.json");
  const reasons = new Map(request.files);
  const shown: Withheld["shown"] = [];
  const left = new Map(files);
  if (request.segments !== undefined && request.segments.size > 0) {
    const segments = splitSegments(files.get("events.jsonl") ?? Buffer.of());
    const leaves = segments.map(segmentLeaf);
    for (const index of request.segments.keys()) proveSegment(leaves, index);
    for (const [index, bytes] of segments.entries()) {
      if (request.segments.has(index)) continue;
      shown.push({ index, path: proveSegment(leaves, index).path });
      left.set(segmentFile(index), bytes);
    }
    const named = [...request.segments].map(([index, reason]) => `segment ${index}: ${reason}`);
    reasons.set("events.jsonl", named.join("; ").slice(0, 512));
  }
  const withheld: Withheld = {
    schemaVersion: SCHEMA_VERSION,
    manifest: sha256(manifestBytes),
    files: [...reasons]
      .map(([path, reason]) => {
        const listed = manifest.files.find((file) => file.path === path);
        if (listed === undefined || !left.delete(path)) throw new RangeError(`no file ${path}`);
        return { path, size: listed.size, sha256: listed.sha256, reason };
      })
      .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    shown,
  };
  return left.set(WITHHELD_FILE, writeStrictBytes(withheld));
}
