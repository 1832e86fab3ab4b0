import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { keyId, sha256, writeStrictBytes } from "@stage6/evidence-interface";
import type { RawFile } from "../raw-file.ts";
import { writeChainedLine } from "@stage6/evidence-interface";
import { ACCEPTANCE_NAMESPACE, POLICY_NAMESPACE } from "../trust/allowed-signers.ts";
import type { TrustAnchor } from "../trust/check-founder.ts";
import type { TrustFiles } from "../trust/trust-root.ts";
import type { Revocation } from "../trust/revocation.ts";
import { parseSshPublicKey } from "../ssh/ssh-public-key.ts";
import { TRUST_NAMESPACE, type TrustStatement } from "../trust/trust-statement.ts";
import { signSsh, sshKeyBlob, sshKeyLine } from "./sign-ssh.ts";

/** DER of a PKCS#8 Ed25519 key up to its 32-byte seed (RFC 8410 section 7). */
const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

/** A private key that everyone knows: for tests alone. */
export function sampleKey(seed: number): KeyObject {
  const der = Buffer.concat([PKCS8_ED25519, new Uint8Array(32).fill(seed)]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

/** One key per role, the founder's, and a stranger's. */
export const KEYS = {
  runner: sampleKey(11),
  comparator: sampleKey(12),
  "stage5-validator": sampleKey(13),
  "admission-reviewer": sampleKey(14),
  operator: sampleKey(15),
  stranger: sampleKey(16),
  founder: sampleKey(17),
} as const;

/** A file from text or from a document's canonical bytes. */
export function fileOf(path: string, content: unknown): RawFile {
  return { path, bytes: typeof content === "string" ? Buffer.from(content) : writeStrictBytes(content) };
}

/** An entry of keys.json. */
export function keyEntry(
  key: KeyObject,
  role: string,
  change: Record<string, unknown> = {},
): Record<string, unknown> {
  const publicKey = createPublicKey(key);
  return {
    keyId: keyId(publicKey),
    role,
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    validFrom: "2026-01-01T00:00:00.000Z",
    validUntil: "2027-01-01T00:00:00.000Z",
    ...change,
  };
}

/** keys.json with one key per machine role. */
export function sampleKeyFile(keys: readonly Record<string, unknown>[] = machineKeys()): RawFile {
  return fileOf("trust/keys.json", { schemaVersion: "1.0", keys });
}

/** Entries of the four machine roles. */
export function machineKeys(): Record<string, unknown>[] {
  return (["runner", "comparator", "stage5-validator", "admission-reviewer"] as const).map((role) =>
    keyEntry(KEYS[role], role),
  );
}

/** A line of allowed_signers. */
export function signerLine(
  change: { principal?: string; options?: string; key?: string; namespace?: string } = {},
): string {
  const {
    principal = "operator:jp",
    namespace = ACCEPTANCE_NAMESPACE,
    options = `namespaces="${namespace}",valid-after="20260101Z",valid-before="20270101Z"`,
    key = sshKeyLine(KEYS.operator),
  } = change;
  return `${[principal, options, key].filter((part) => part !== "").join(" ")}\n`;
}

/** allowed_signers in which one operator may sign acceptances and the policy. */
export function sampleSigners(...lines: readonly string[]): RawFile {
  const text = lines.length > 0 ? lines.join("") : signerLine() + signerLine({ namespace: POLICY_NAMESPACE });
  return fileOf("trust/allowed_signers", text);
}

/** revocations.jsonl with the given lines after its first. */
export function sampleRevocations(...revoked: readonly Pick<Revocation, "kind" | "id">[]): RawFile {
  let bytes: Uint8Array = Buffer.of();
  let previous: string | null = null;
  for (const [seq, { kind, id }] of [{ kind: "opened", id: "none" } as const, ...revoked].entries()) {
    const line: Uint8Array = writeChainedLine({
      schemaVersion: "1.0",
      seq,
      previous,
      kind,
      id,
      revokedAt: "2026-06-01T00:00:00.000Z",
      reason: "sample",
    });
    previous = sha256(line.subarray(0, -1));
    bytes = Buffer.concat([bytes, line]);
  }
  return { path: "trust/revocations.jsonl", bytes };
}

/** Fingerprint of the sample founder's key. */
export const FOUNDER = parseSshPublicKey(sshKeyBlob(KEYS.founder))?.fingerprint ?? "";
/** Id of the sample harness. */
export const HARNESS = "sample";

/** What is known of the sample root from outside of it. */
export const ANCHOR: TrustAnchor = { founder: FOUNDER, harness: HARNESS };

/** A safe trust root; the founder signs whatever keys and signers it has. */
export function sampleTrust(
  change: Partial<TrustFiles> = {},
  statement: Partial<TrustStatement> = {},
  key: KeyObject = KEYS.founder,
): TrustFiles {
  const files = {
    keys: sampleKeyFile(),
    allowedSigners: sampleSigners(),
    revocations: sampleRevocations(),
    ...change,
  };
  const root = fileOf("trust/root.json", {
    schemaVersion: "1.0",
    type: "stage6-trust-root",
    harness: HARNESS,
    keysSha256: sha256(files.keys?.bytes ?? ""),
    signersSha256: sha256(files.allowedSigners?.bytes ?? ""),
    signedAt: "2026-01-02T00:00:00.000Z",
    ...statement,
  });
  const bytes = signSsh(root.bytes, key, { namespace: TRUST_NAMESPACE });
  return { root, rootSignature: { path: "trust/root.json.sig", bytes }, ...files };
}
