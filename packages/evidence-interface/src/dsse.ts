import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import { DsseEnvelope, STATEMENT_MEDIA_TYPE } from "./bundle.ts";
import { isSoundEd25519 } from "./ed25519-point.ts";
import { validateDocument } from "./validate.ts";
import type { Sha256 } from "./primitives.ts";
import { parseStrictBytes, writeStrictBytes } from "./strict-json.ts";

/** DSSE pre-authentication encoding (secure-systems-lab/dsse, protocol.md): the bytes that are signed. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType, "utf8");
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${payload.length} `),
    payload,
  ]);
}

/** Id of a public key: SHA-256 of its SPKI DER. */
export function keyId(key: KeyObject): Sha256 {
  const spki = key.type === "private" ? createPublicKey(key) : key;
  return `sha256:${createHash("sha256")
    .update(spki.export({ type: "spki", format: "der" }))
    .digest("hex")}`;
}

/** Reads an Ed25519 key from PEM (PKCS#8 private or SPKI public); throws a TypeError for any other kind and for a point that is none of a key. */
export function readEd25519Key(pem: string, kind: "private" | "public"): KeyObject {
  const key = kind === "private" ? createPrivateKey(pem) : createPublicKey(pem);
  if (key.asymmetricKeyType !== "ed25519")
    throw new TypeError(`expected an Ed25519 key, got ${key.asymmetricKeyType ?? "none"}`);
  if (key.type === "public" && !isSoundEd25519(key.export({ type: "spki", format: "der" }).subarray(-32)))
    throw new TypeError("a point of small order, or not canonical, is no Ed25519 key");
  return key;
}

/** Signs a statement into a DSSE envelope, as canonical bytes. */
export function signStatement(statement: unknown, key: KeyObject): Uint8Array {
  const payload = writeStrictBytes(statement);
  const sig = sign(null, preAuthEncoding(STATEMENT_MEDIA_TYPE, payload), key);
  return writeStrictBytes({
    payloadType: STATEMENT_MEDIA_TYPE,
    payload: Buffer.from(payload).toString("base64"),
    signatures: [{ keyid: keyId(key), sig: sig.toString("base64") }],
  });
}

/** What opening an envelope gives: the statement's bytes and signer, or the rule it broke. */
export type OpenedEnvelope =
  | { readonly ok: true; readonly payload: Uint8Array; readonly keyid: Sha256 }
  | {
      readonly ok: false;
      readonly code: "SIGNATURE_INVALID" | "SIGNER_UNKNOWN" | "SCHEMA_INVALID" | "BYTES_NOT_CANONICAL";
      readonly rule: string;
      readonly found: string;
    };

/** Keys that may sign, by key id. */
export type TrustedKeys = ReadonlyMap<string, KeyObject>;

function decodeBase64(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : null;
}

/** Opens a DSSE envelope: canonical bytes, closed schema, exactly one signature by a trusted Ed25519 key. Never throws. */
export function openEnvelope(bytes: Uint8Array, trusted: TrustedKeys): OpenedEnvelope {
  const json = parseStrictBytes(bytes, 2 * 1024 * 1024);
  if (!json.ok) return { ok: false, code: "BYTES_NOT_CANONICAL", rule: json.rule, found: json.found };
  const checked = validateDocument(DsseEnvelope, json.value);
  if (!checked.ok)
    return { ok: false, code: "SCHEMA_INVALID", rule: "envelope", found: checked.errors[0]?.message ?? "" };
  const envelope = checked.value;
  const payload = decodeBase64(envelope.payload);
  const first = envelope.signatures[0];
  const sig = first === undefined ? null : decodeBase64(first.sig);
  if (payload === null || first === undefined || sig === null)
    return { ok: false, code: "SIGNATURE_INVALID", rule: "base64", found: "non-canonical base64" };
  const key = trusted.get(first.keyid);
  if (key === undefined) return { ok: false, code: "SIGNER_UNKNOWN", rule: "keyid", found: first.keyid };
  const good = verify(null, preAuthEncoding(envelope.payloadType, payload), key, sig);
  if (!good) return { ok: false, code: "SIGNATURE_INVALID", rule: "signature", found: first.keyid };
  return { ok: true, payload, keyid: first.keyid };
}
