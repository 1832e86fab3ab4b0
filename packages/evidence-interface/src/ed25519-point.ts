const BYTES = 32;
/** The low bits of the last byte: without the sign of x. */
const WITHOUT_SIGN = 0x7f;
/** p = 2^255 - 19, little-endian. */
const PRIME = Buffer.from("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "hex");
/** The y of the eight points whose order divides 8: 1 (order 1), p - 1 (2), 0 (4) and two for order 8, little-endian. */
const SMALL_ORDER_Y: ReadonlySet<string> = new Set([
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]);

/**
 * Whether 32 bytes can be a person's or a machine's Ed25519 key: a canonical encoding (RFC 8032, section 5.1.3: y below p) of a
 * point that is not of small order. With a point of small order some signatures hold that were made without any private
 * key, and with a second encoding one key has two ids.
 */
export function isSoundEd25519(raw: Uint8Array): boolean {
  if (raw.length !== BYTES) return false;
  const y = Buffer.from(raw);
  y.writeUInt8(y.readUInt8(BYTES - 1) & WITHOUT_SIGN, BYTES - 1);
  if (Buffer.compare(Buffer.from(y).reverse(), Buffer.from(PRIME).reverse()) >= 0) return false;
  return !SMALL_ORDER_Y.has(y.toString("hex"));
}
