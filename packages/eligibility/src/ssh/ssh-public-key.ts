import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { isSoundEd25519 } from "@stage6/evidence-interface";
import { SshReader, sshString } from "./read-ssh.ts";

/** Key types that may sign: a plain Ed25519 key, and one in a hardware authenticator. */
export const SSH_KEY_TYPES = ["ssh-ed25519", "sk-ssh-ed25519@openssh.com"] as const;
/** One key type. */
export type SshKeyType = (typeof SSH_KEY_TYPES)[number];

/** A public key of OpenSSH. */
export interface SshPublicKey {
  readonly type: SshKeyType;
  readonly key: KeyObject;
  /** The wire form, RFC 8709 section 4 or PROTOCOL.u2f. */
  readonly blob: Uint8Array;
  /** `SHA256:<base64>`, as ssh-keygen -l writes it. */
  readonly fingerprint: string;
  /** Application of a hardware key; null for a plain one. */
  readonly application: string | null;
}

/** DER of an Ed25519 SPKI up to its 32 key bytes (RFC 8410 section 4). */
const SPKI_ED25519 = Buffer.from("302a300506032b6570032100", "hex");

/** Reads the wire form of a key; null for any other type, length or trailing byte, and for a point that is none of a key. */
export function parseSshPublicKey(blob: Uint8Array): SshPublicKey | null {
  const reader = new SshReader(blob);
  const named = reader.text();
  const type = SSH_KEY_TYPES.find((one) => one === named);
  if (type === undefined) return null;
  const raw = reader.string();
  const application = type === "ssh-ed25519" ? null : reader.text();
  if (raw === null || !isSoundEd25519(raw) || !reader.atEnd) return null;
  if (type !== "ssh-ed25519" && application === null) return null;
  return {
    type,
    key: createPublicKey({ key: Buffer.concat([SPKI_ED25519, raw]), format: "der", type: "spki" }),
    blob,
    fingerprint: fingerprintOf(blob),
    application,
  };
}

/** Fingerprint that a plain SSH key of the same Ed25519 point has. */
export function sshFingerprint(key: KeyObject): string {
  const raw = key.export({ type: "spki", format: "der" }).subarray(-32);
  return fingerprintOf(Buffer.concat([sshString("ssh-ed25519"), sshString(raw)]));
}

function fingerprintOf(blob: Uint8Array): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}
