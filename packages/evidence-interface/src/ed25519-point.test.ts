import { createPublicKey, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readEd25519Key } from "./dsse.ts";
import { isSoundEd25519 } from "./ed25519-point.ts";
import { testKeys } from "./testing/index.ts";

const SPKI = Buffer.from("302a300506032b6570032100", "hex");
const P = 2n ** 255n - 19n;

/** 32 bytes of an encoding: y, little-endian, with the sign of x in the last bit. */
function encode(y: bigint, sign: 0 | 1): Buffer {
  const bytes = Buffer.from(y.toString(16).padStart(64, "0"), "hex").reverse();
  bytes.writeUInt8(bytes.readUInt8(31) | (sign << 7), 31);
  return bytes;
}

const power = (base: bigint, exponent: bigint): bigint => {
  let result = 1n;
  for (let b = base % P, e = exponent; e > 0n; e >>= 1n, b = (b * b) % P)
    if (e & 1n) result = (result * b) % P;
  return result;
};
const inverse = (value: bigint): bigint => power(value, P - 2n);
const mod = (value: bigint): bigint => ((value % P) + P) % P;
const D = mod(-121665n * inverse(121666n));

type Point = readonly [bigint, bigint];
/** Addition on -x^2 + y^2 = 1 + d x^2 y^2 (RFC 8032, section 5.1.4). */
function add([x1, y1]: Point, [x2, y2]: Point): Point {
  const k = mod(D * x1 * x2 * y1 * y2);
  return [mod((x1 * y2 + x2 * y1) * inverse(mod(1n + k))), mod((y1 * y2 + x1 * x2) * inverse(mod(1n - k)))];
}
/** y of a point of order 8, as the literature has it; the test below counts its multiples. */
const Y8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
const I = power(2n, (P - 1n) / 4n);

function xOf(y: bigint): bigint {
  const square = mod((y * y - 1n) * inverse(mod(D * y * y + 1n)));
  const root = power(square, (P + 3n) / 8n);
  return mod(root * root) === square ? root : mod(root * I);
}

/** The eight points whose order divides 8, made by adding one of order 8 to itself. */
const TORSION: readonly Point[] = (() => {
  const generator: Point = [xOf(Y8), Y8];
  const points: Point[] = [[0n, 1n]];
  for (let at = 1; at < 8; at += 1) points.push(add(points[at - 1] ?? generator, generator));
  return points;
})();

const pem = (raw: Uint8Array): string =>
  createPublicKey({ key: Buffer.concat([SPKI, raw]), format: "der", type: "spki" })
    .export({ type: "spki", format: "pem" })
    .toString();

describe("an Ed25519 key", () => {
  it("that somebody made is sound", () => {
    for (const { publicPem } of Object.values(testKeys()).filter((one) => "publicPem" in one))
      expect(readEd25519Key(publicPem, "public").asymmetricKeyType).toBe("ed25519");
  });

  it("R24, R40: that is one of the eight points of small order is refused, in either sign", () => {
    expect(new Set(TORSION.map(([x, y]) => `${x} ${y}`)).size).toBe(8);
    expect(add(TORSION[7] ?? [0n, 0n], TORSION[1] ?? [0n, 0n])).toEqual([0n, 1n]);
    for (const [x, y] of TORSION) {
      for (const sign of [0, 1] as const) expect(isSoundEd25519(encode(y, sign))).toBe(false);
      expect(() => readEd25519Key(pem(encode(y, x & 1n ? 1 : 0)), "public")).toThrow("small order");
    }
  });

  it("R24, R40: in an encoding that is not canonical is refused, in either sign", () => {
    // Every y from p to 2^255 - 1; those of small order, 0 and 1, are among them.
    for (let y = P; y < 2n ** 255n; y += 1n)
      for (const sign of [0, 1] as const) {
        expect(isSoundEd25519(encode(y, sign))).toBe(false);
        expect(() => readEd25519Key(pem(encode(y, sign)), "public")).toThrow("canonical");
      }
    expect(isSoundEd25519(encode(P - 2n, 0))).toBe(true);
  });

  it("of small order would take a signature that was made without any private key", () => {
    const raw = encode(1n, 0);
    const key = createPublicKey({ key: Buffer.concat([SPKI, raw]), format: "der", type: "spki" });
    // R = the neutral element, S = 0: s B = R + h A for every message.
    const signature = Buffer.concat([encode(1n, 0), Buffer.alloc(32)]);
    expect(verify(null, Buffer.from("anything at all"), key, signature)).toBe(true);
    expect(isSoundEd25519(raw)).toBe(false);
  });

  it("has 32 bytes", () => {
    expect(isSoundEd25519(Buffer.alloc(31, 5))).toBe(false);
    expect(isSoundEd25519(Buffer.alloc(33, 5))).toBe(false);
  });
});
