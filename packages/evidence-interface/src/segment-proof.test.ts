import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventLogChecker } from "./event-log-checker.ts";
import { EventLogWriter } from "./event-log-writer.ts";
import { proveSegment, segmentLeaf, verifySegment } from "./segment-proof.ts";
import { splitSegments } from "./split-segments.ts";

/** Leaves of the Certificate Transparency reference tests, and the audit paths its `TestVectors` name (RFC 6962). */
const INPUTS = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
].map((hex) => Buffer.from(hex, "hex"));
const LEAVES = INPUTS.map(segmentLeaf);
const ROOT_OF_8 = "sha256:5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";
const ROOT_OF_3 = "sha256:aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77";
const KNOWN = [
  {
    index: 0,
    leaves: 8,
    root: ROOT_OF_8,
    path: [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  },
  {
    index: 5,
    leaves: 8,
    root: ROOT_OF_8,
    path: [
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  },
  {
    index: 2,
    leaves: 3,
    root: ROOT_OF_3,
    path: ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
  },
];

const longLog = () => {
  const writer = new EventLogWriter();
  const stamp = { ts: "2026-01-01T00:00:00.000Z", mono: 0 };
  const parts = Array.from({ length: 1500 }, (_, entries) =>
    writer.append("workspace.prepared", { baseCommit: "a".repeat(40), entries }, stamp),
  );
  return Buffer.concat([...parts, writer.end(stamp)]);
};

describe("proveSegment", () => {
  it.each(KNOWN)("gives the known audit path of leaf $index of $leaves", ({ index, leaves, root, path }) => {
    const proof = proveSegment(LEAVES.slice(0, leaves), index);
    expect(proof.path).toEqual(path.map((hex) => `sha256:${hex}`));
    const committed = { segments: leaves, merkleRoot: root };
    expect(verifySegment(INPUTS[index] ?? Buffer.of(), proof, committed)).toBe(true);
  });

  it("has no proof for a segment that is not there", () => {
    for (const index of [-1, 8, 0.5, Number.NaN])
      expect(() => proveSegment(LEAVES, index)).toThrow(RangeError);
  });
});

describe("verifySegment", () => {
  it("accepts every segment of a log against its commitment, and none in another's place", () => {
    const log = longLog();
    const checker = new EventLogChecker("events.jsonl");
    checker.push(log);
    const committed = checker.end();
    const segments = splitSegments(log);
    expect(segments.length).toBe(committed.segments);
    expect(Buffer.concat(segments)).toEqual(log);
    const leaves = segments.map(segmentLeaf);
    for (const index of segments.keys()) {
      const proof = proveSegment(leaves, index);
      for (const [other, bytes] of segments.entries())
        expect(verifySegment(bytes, proof, committed)).toBe(other === index);
    }
  });

  it("refuses any edited proof", () => {
    const committed = { segments: 8, merkleRoot: ROOT_OF_8 };
    fc.assert(
      fc.property(fc.nat(7), fc.nat(5), fc.nat(3), (index, edit, at) => {
        const proof = proveSegment(LEAVES, index);
        const bytes = INPUTS[index] ?? Buffer.of();
        const path = proof.path.map((hash, one) => (one === at % 3 ? (LEAVES[index] ?? hash) : hash));
        const edited = [
          { ...proof, index: (index + 1 + at) % 8 },
          { ...proof, segments: 9 + at },
          { ...proof, path },
          { ...proof, path: proof.path.slice(1) },
          { ...proof, path: [...proof.path, ...proof.path] },
          { ...proof, path: proof.path.toReversed() },
        ][edit];
        if (edited === undefined) throw new Error("no such edit");
        expect(verifySegment(bytes, edited, committed)).toBe(false);
      }),
    );
  });

  it("refuses a node's two children given as a leaf", () => {
    const children = Buffer.concat(LEAVES.slice(0, 2).map((leaf) => Buffer.from(leaf.slice(7), "hex")));
    const proof = { ...proveSegment(LEAVES.slice(0, 2), 0), segments: 1, index: 0, path: [] };
    const merkleRoot = "sha256:fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125";
    expect(verifySegment(children, proof, { segments: 1, merkleRoot })).toBe(false);
  });
});
