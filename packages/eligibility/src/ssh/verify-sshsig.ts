import { createHash, verify } from "node:crypto";
import { SshReader, sshString } from "./read-ssh.ts";
import { parseSshPublicKey, type SshPublicKey } from "./ssh-public-key.ts";

/** A signature that holds with the key it names, or the rule it broke. Whether that key may sign is another question. */
export type VerifiedSshSignature =
  | { readonly ok: true; readonly key: SshPublicKey }
  | { readonly ok: false; readonly rule: SshSignatureRule; readonly key: SshPublicKey | null };

/** Rule that a signature broke. */
export type SshSignatureRule =
  | "armor"
  | "blob"
  | "version"
  | "key"
  | "namespace"
  | "reserved"
  | "hash"
  | "signature-form"
  | "presence"
  | "signature";

const MAGIC = Buffer.from("SSHSIG");
const BEGIN = "-----BEGIN SSH SIGNATURE-----\n";
const END = "-----END SSH SIGNATURE-----\n";
/** Columns of an armor line as ssh-keygen writes them. */
const COLUMNS = 70;
const MAX_ARMOR = 8192;
/** User presence in the flags of an authenticator (PROTOCOL.u2f): somebody touched the key. */
const USER_PRESENT = 0x01;

/**
 * Verifies an armored SSH signature (OpenSSH PROTOCOL.sshsig) over exact bytes in one namespace. Stricter than ssh-keygen
 * in form alone: the armor must be written as ssh-keygen writes it, `reserved` must be empty, and a hardware key must
 * have been touched. Never throws.
 */
export function verifySshSignature(
  message: Uint8Array,
  armored: Uint8Array,
  namespace: string,
): VerifiedSshSignature {
  const refused = (rule: SshSignatureRule, key: SshPublicKey | null = null): VerifiedSshSignature => ({
    ok: false,
    rule,
    key,
  });
  const blob = readArmor(armored);
  if (blob === null) return refused("armor");
  const reader = new SshReader(blob);
  if (reader.take(MAGIC.length)?.equals(MAGIC) !== true) return refused("blob");
  if (reader.uint32() !== 1) return refused("version");
  const keyBlob = reader.string();
  const signedFor = reader.string();
  const reserved = reader.string();
  const hash = reader.text();
  const signature = reader.string();
  if (keyBlob === null || signedFor === null || reserved === null || signature === null || !reader.atEnd)
    return refused("blob");
  const key = parseSshPublicKey(keyBlob);
  if (key === null) return refused("key");
  if (namespace === "" || !signedFor.equals(Buffer.from(namespace))) return refused("namespace", key);
  if (reserved.length > 0) return refused("reserved", key);
  if (hash !== "sha256" && hash !== "sha512") return refused("hash", key);
  const signed = Buffer.concat([
    MAGIC,
    sshString(namespace),
    sshString(""),
    sshString(hash),
    sshString(createHash(hash).update(message).digest()),
  ]);
  const rule = checkSignature(key, signed, signature);
  return rule === null ? { ok: true, key } : refused(rule, key);
}

function readArmor(armored: Uint8Array): Buffer | null {
  if (armored.length > MAX_ARMOR) return null;
  const text = Buffer.from(armored).toString("latin1");
  if (!text.startsWith(BEGIN) || !text.endsWith(END)) return null;
  const lines = text.slice(BEGIN.length, text.length - END.length).split("\n");
  if (lines.pop() !== "") return null;
  const base64 = lines.join("");
  const wrapped = lines.every((line, at) =>
    at === lines.length - 1 ? line.length > 0 && line.length <= COLUMNS : line.length === COLUMNS,
  );
  if (!wrapped) return null;
  const bytes = Buffer.from(base64, "base64");
  return bytes.toString("base64") === base64 ? bytes : null;
}

function checkSignature(key: SshPublicKey, signed: Buffer, signature: Buffer): SshSignatureRule | null {
  const reader = new SshReader(signature);
  const type = reader.text();
  const raw = reader.string();
  if (type !== key.type || raw?.length !== 64) return "signature-form";
  if (key.application === null) {
    if (!reader.atEnd) return "signature-form";
    return verify(null, signed, key.key, raw) ? null : "signature";
  }
  const counted = reader.take(5);
  if (counted === null || !reader.atEnd) return "signature-form";
  const whole = Buffer.concat([sha256(Buffer.from(key.application)), counted, sha256(signed)]);
  if (!verify(null, whole, key.key, raw)) return "signature";
  return ((counted[0] ?? 0) & USER_PRESENT) === 0 ? "presence" : null;
}

const sha256 = (bytes: Buffer): Buffer => createHash("sha256").update(bytes).digest();
