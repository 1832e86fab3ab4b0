import { createHash, sign, type KeyObject } from "node:crypto";
import { sshString } from "../ssh/read-ssh.ts";

/** How a test signature differs from a plain one. */
export interface SshSigning {
  readonly namespace: string;
  readonly hash?: string;
  readonly reserved?: string;
  readonly version?: number;
  /** Signs as a hardware key of this application, with these flags. */
  readonly hardware?: { readonly application: string; readonly flags: number };
}

const publicBytes = (key: KeyObject): Buffer =>
  Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url");

/** Wire form of the public half of a key. */
export function sshKeyBlob(key: KeyObject, application?: string): Buffer {
  const type = application === undefined ? "ssh-ed25519" : "sk-ssh-ed25519@openssh.com";
  const parts = [sshString(type), sshString(publicBytes(key))];
  return Buffer.concat(application === undefined ? parts : [...parts, sshString(application)]);
}

/** A line of a public key file, without a comment. */
export function sshKeyLine(key: KeyObject, application?: string): string {
  const type = application === undefined ? "ssh-ed25519" : "sk-ssh-ed25519@openssh.com";
  return `${type} ${sshKeyBlob(key, application).toString("base64")}`;
}

/** The bytes inside the armor of an SSH signature. */
export function sshSignatureBlob(message: Uint8Array, key: KeyObject, signing: SshSigning): Buffer {
  const { namespace, hash = "sha512", reserved = "", version = 1, hardware } = signing;
  const digest = createHash(hash === "sha256" ? "sha256" : "sha512")
    .update(message)
    .digest();
  const tail = [sshString(namespace), sshString(reserved), sshString(hash)];
  const signed = Buffer.concat([Buffer.from("SSHSIG"), ...tail, sshString(digest)]);
  const number = Buffer.alloc(4);
  number.writeUInt32BE(version);
  const head = [Buffer.from("SSHSIG"), number, sshString(sshKeyBlob(key, hardware?.application))];
  return Buffer.concat([...head, ...tail, sshString(signatureOf(signed, key, hardware))]);
}

function signatureOf(signed: Buffer, key: KeyObject, hardware: SshSigning["hardware"]): Buffer {
  if (hardware === undefined)
    return Buffer.concat([sshString("ssh-ed25519"), sshString(sign(null, signed, key))]);
  const sha256 = (bytes: string | Buffer): Buffer => createHash("sha256").update(bytes).digest();
  const counted = Buffer.from([hardware.flags, 0, 0, 0, 7]);
  const whole = Buffer.concat([sha256(hardware.application), counted, sha256(signed)]);
  return Buffer.concat([sshString("sk-ssh-ed25519@openssh.com"), sshString(sign(null, whole, key)), counted]);
}

/** Armor as ssh-keygen writes it. */
export function armor(blob: Uint8Array, columns = 70, end = "\n"): Buffer {
  const base64 = Buffer.from(blob).toString("base64");
  const lines = base64.match(new RegExp(`.{1,${columns}}`, "g")) ?? [];
  return Buffer.from(
    ["-----BEGIN SSH SIGNATURE-----", ...lines, "-----END SSH SIGNATURE-----", ""].join(end),
    "latin1",
  );
}

/** An armored SSH signature over a message. */
export function signSsh(message: Uint8Array, key: KeyObject, signing: SshSigning): Buffer {
  return armor(sshSignatureBlob(message, key, signing));
}
