import { keyId, sha256 } from "@stage6/evidence-interface";
import { problemIn, type Problem } from "../problem.ts";
import { readDocument } from "../read-document.ts";
import { verifySshSignature } from "../ssh/verify-sshsig.ts";
import { TRUST_NAMESPACE, TrustStatement } from "./trust-statement.ts";
import { isRevoked } from "./revocation.ts";
import type { TrustFiles, TrustRoot } from "./trust-root.ts";

/** What is known from outside of a root: whoever can write into the root cannot write this. */
export interface TrustAnchor {
  /** Fingerprint (`SHA256:...`) of the founder's SSH key; null when nobody told. */
  readonly founder: string | null;
  /** Id of the harness; null when its configuration cannot be read. */
  readonly harness: string | null;
}

const FILE = "trust/root.json";

/**
 * Holds a trust root against its founder: the one key that says which other keys count. Without it, whoever can write a
 * file could name himself an operator, or a comparator.
 */
export function checkFounder(files: TrustFiles, trust: TrustRoot, anchor: TrustAnchor): readonly Problem[] {
  const refused = (code: string, rule: string, expected: string, found?: string | null): Problem[] => [
    problemIn(FILE, code, rule, expected, found),
  ];
  const unsigned = (rule: string, expected: string, found?: string | null): Problem[] =>
    refused("TRUST_ROOT_UNSIGNED", rule, expected, found);
  const { value, problems } = readDocument(TrustStatement, files.root, FILE, "TRUST_ROOT_UNSIGNED");
  if (value === null || files.root === null) return problems;
  if (files.rootSignature === null)
    return unsigned("unsigned", "expected a signature of the founder beside it");
  const signature = verifySshSignature(files.root.bytes, files.rootSignature.bytes, TRUST_NAMESPACE);
  if (!signature.ok)
    return unsigned(signature.rule, `expected an SSH signature over it in ${TRUST_NAMESPACE}`);
  const { fingerprint, key } = signature.key;
  if (anchor.founder === null)
    return refused("FOUNDER_UNKNOWN", "no-founder", "nobody told here whose trust root this is", fingerprint);
  if (fingerprint !== anchor.founder)
    return refused("FOUNDER_UNKNOWN", "other-founder", `expected the founder ${anchor.founder}`, fingerprint);
  if (trust.keys.some((one) => one.keyId === keyId(key)))
    return refused(
      "OPERATOR_IS_LANE",
      "machine-key",
      "expected a founder who holds no machine's key",
      fingerprint,
    );
  if (isRevoked(trust, "key", fingerprint) || isRevoked(trust, "key", keyId(key)))
    return refused(
      "OPERATOR_REVOKED",
      "revoked",
      "expected a founder whose key was not revoked",
      fingerprint,
    );
  return [
    ...(value.harness === anchor.harness
      ? []
      : unsigned("harness", `expected the harness ${anchor.harness ?? "of this root"}`, value.harness)),
    ...(files.keys !== null && sha256(files.keys.bytes) === value.keysSha256
      ? []
      : unsigned("keys", "keys.json is not the one that the founder signed", value.keysSha256)),
    ...(files.allowedSigners !== null && sha256(files.allowedSigners.bytes) === value.signersSha256
      ? []
      : unsigned("signers", "allowed_signers is not the one that the founder signed", value.signersSha256)),
  ];
}
