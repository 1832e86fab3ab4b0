import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MerkleRoot, startLeaf } from "./merkle.ts";

const leaf = (bytes: Uint8Array) => startLeaf().update(bytes).digest();
const rootOf = (leaves: readonly Uint8Array[]) => {
  const tree = new MerkleRoot();
  for (const bytes of leaves) tree.add(leaf(bytes));
  return tree.root();
};

/** Inputs and roots of the Certificate Transparency reference tests (RFC 6962). */
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
const ROOTS = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/** MTH of RFC 6962 section 2.1, word for word. */
function mth(leaves: readonly Uint8Array[]): Buffer {
  if (leaves.length === 0) return createHash("sha256").digest();
  if (leaves.length === 1) return leaf(leaves[0] ?? Buffer.of());
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return createHash("sha256")
    .update(Buffer.of(1))
    .update(mth(leaves.slice(0, k)))
    .update(mth(leaves.slice(k)))
    .digest();
}

describe("MerkleRoot", () => {
  it("gives the known roots of RFC 6962 trees", () => {
    expect(INPUTS.map((_, index) => rootOf(INPUTS.slice(0, index + 1)))).toEqual(
      ROOTS.map((hex) => `sha256:${hex}`),
    );
    expect(rootOf([])).toBe("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  it("equals the recursive definition for any leaves, and counts them", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 70 }), (leaves) => {
        expect(rootOf(leaves)).toBe(`sha256:${mth(leaves).toString("hex")}`);
      }),
    );
    const tree = new MerkleRoot();
    for (let at = 0; at < 5; at++) tree.add(leaf(Buffer.of(at)));
    expect(tree.leaves).toBe(5);
  });
});
