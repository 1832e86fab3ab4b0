import type { KeyObject } from "node:crypto";
import { keyId, readEd25519Key } from "@stage6/evidence-interface";
import type { RootFinding } from "./root-finding.ts";
import type { TrustedKeyFile } from "@stage6/eligibility";

/** What is wrong with the keys of a key file: a key that is no Ed25519 key, is called by another id or holds two roles is TRUST_ROOT_UNSAFE. */
export function checkTrustedKeys(keyFile: TrustedKeyFile, file: string): readonly RootFinding[] {
  const findings: RootFinding[] = [];
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
  });
  return findings;
}

function readKey(pem: string): KeyObject | null {
  try {
    return readEd25519Key(pem, "public");
  } catch {
    return null;
  }
}
