import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from "node:crypto";
import { parseSshPublicKey, type SshPublicKey } from "@stage6/eligibility";

/** DER of a PKCS#8 Ed25519 key up to its 32-byte seed (RFC 8410 section 7). */
const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

/** A private key that everyone can make again from its seed: it signs samples that are judged in memory and trusted nowhere else. */
export function sampleKey(seed: number): KeyObject {
  const der = Buffer.concat([PKCS8_ED25519, new Uint8Array(32).fill(seed)]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

function field(bytes: string | Uint8Array): Buffer {
  const content = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

function blobOf(key: KeyObject): Buffer {
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return Buffer.concat([field("ssh-ed25519"), field(Buffer.from(x, "base64url"))]);
}

/** The public half of a sample key as an operator's SSH key. */
export function sampleSshKey(key: KeyObject): SshPublicKey {
  const parsed = parseSshPublicKey(blobOf(key));
  if (parsed === null) throw new TypeError("a sample key is no SSH key");
  return parsed;
}

/** An armored SSH signature (SSHSIG, version 1, sha512) over a message. */
export function signSample(message: Uint8Array, key: KeyObject, namespace: string): Buffer {
  const tail = [field(namespace), field(""), field("sha512")];
  const digest = createHash("sha512").update(message).digest();
  const signature = sign(null, Buffer.concat([Buffer.from("SSHSIG"), ...tail, field(digest)]), key);
  const blob = Buffer.concat([
    Buffer.from("SSHSIG"),
    Buffer.from([0, 0, 0, 1]),
    field(blobOf(key)),
    ...tail,
    field(Buffer.concat([field("ssh-ed25519"), field(signature)])),
  ]);
  const lines = blob.toString("base64").match(/.{1,70}/g) ?? [];
  return Buffer.from(
    ["-----BEGIN SSH SIGNATURE-----", ...lines, "-----END SSH SIGNATURE-----", ""].join("\n"),
  );
}
