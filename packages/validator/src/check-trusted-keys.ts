import type { KeyObject } from "node:crypto";
import { keyId, readEd25519Key } from "@stage6/evidence-interface";
import type { RootFinding } from "./root-finding.ts";
import type { KeyRole, TrustedKeyFile } from "@stage6/eligibility";

/** Public keys by role, then by key id. */
export type KeysByRole = ReadonlyMap<KeyRole, ReadonlyMap<string, KeyObject>>;

/** Opens every key of a key file; a key that is no Ed25519 key, is called by another id or holds two roles is TRUST_ROOT_UNSAFE. */
export function checkTrustedKeys(
  keyFile: TrustedKeyFile,
  file: string,
): { readonly keys: KeysByRole; readonly findings: readonly RootFinding[] } {
  const findings: RootFinding[] = [];
  const keys = new Map<KeyRole, Map<string, KeyObject>>();
  const seen = new Set<string>();
  keyFile.keys.forEach((entry, index) => {
    const unsafe = (rule: string, field: string, found: string, expected: string): void =>
      void findings.push({
        code: "TRUST_ROOT_UNSAFE",
        rule,
        file,
        pointer: `/keys/${index}/${field}`,
        found,
        expected,
      });
    const key = readKey(entry.publicKey);
    if (key === null)
      return unsafe("key", "publicKey", "no Ed25519 public key", "an Ed25519 public key in SPKI PEM");
    const actual = keyId(key);
    if (actual !== entry.keyId) unsafe("key-id", "keyId", entry.keyId, actual);
    if (seen.has(actual))
      unsafe("one-role", "role", `${actual} again, as ${entry.role}`, "each key once, with one role");
    seen.add(actual);
    const held = keys.get(entry.role) ?? new Map<string, KeyObject>();
    keys.set(entry.role, held.set(actual, key));
  });
  return { keys, findings };
}

function readKey(pem: string): KeyObject | null {
  try {
    return readEd25519Key(pem, "public");
  } catch {
    return null;
  }
}
