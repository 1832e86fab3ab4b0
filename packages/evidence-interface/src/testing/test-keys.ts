import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { keyId, type TrustedKeys } from "../dsse.ts";
import type { Sha256 } from "../primitives.ts";

/** A deterministic Ed25519 key pair for tests and golden bundles. Its secret is public: never trust it outside them. */
export interface TestKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly keyid: Sha256;
  /** PKCS#8 PEM. */
  readonly privatePem: string;
  /** SPKI PEM. */
  readonly publicPem: string;
}

/** DER of a PKCS#8 Ed25519 key up to its 32-byte seed (RFC 8410 section 7). */
const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

function fromSeed(seed: Uint8Array): TestKey {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, seed]),
    format: "der",
    type: "pkcs8",
  });
  const publicKey = createPublicKey(privateKey);
  return {
    privateKey,
    publicKey,
    keyid: keyId(publicKey),
    privatePem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

/** The runner key that signs sample bundles, a stranger's key, and the map in which only the runner is trusted. */
export function testKeys(): {
  readonly runner: TestKey;
  readonly stranger: TestKey;
  readonly trusted: TrustedKeys;
} {
  const runner = fromSeed(new Uint8Array(32).fill(1));
  const stranger = fromSeed(new Uint8Array(32).fill(2));
  return { runner, stranger, trusted: new Map([[runner.keyid, runner.publicKey]]) };
}
