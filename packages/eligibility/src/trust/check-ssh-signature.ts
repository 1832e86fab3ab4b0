import { keyId, type Timestamp } from "@stage6/evidence-interface";
import { problemIn, type Problem } from "../problem.ts";
import type { RawFile } from "../raw-file.ts";
import { verifySshSignature } from "../ssh/verify-sshsig.ts";
import { isRevoked } from "./revocation.ts";
import type { TrustRoot } from "./trust-root.ts";

/** A file, its detached SSH signature, and who is said to have signed it in which namespace and when. */
export interface SignedFile {
  readonly file: RawFile;
  readonly signature: RawFile | null;
  readonly namespace: string;
  /** Principal that has to have signed; null accepts any operator. */
  readonly principal: string | null;
  /** Time the signer states; null when the document states none. SSH signatures carry no time themselves. */
  readonly signedAt: Timestamp | null;
}

/** A signature that an operator of the trust root made. */
export interface OperatorSignature {
  readonly principal: string;
  readonly fingerprint: string;
}

/**
 * Checks a detached SSH signature against the trust root: `code` for a signature that is missing or does not hold,
 * OPERATOR_* for one that holds and is nobody's who may sign. The key has to be valid both at the stated time and now,
 * because the stated time is only the signer's word.
 */
export function checkSshSignature(
  { file, signature, namespace, principal, signedAt }: SignedFile,
  trust: TrustRoot,
  now: Timestamp,
  code: string,
): { readonly signer: OperatorSignature | null; readonly problems: readonly Problem[] } {
  const refused = (why: string, rule: string, expected: string, found?: string) => ({
    signer: null,
    problems: [problemIn(signature?.path ?? file.path, why, rule, expected, found)],
  });
  if (signature === null)
    return refused(code, "missing", "expected a detached SSH signature beside the file");
  const verified = verifySshSignature(file.bytes, signature.bytes, namespace);
  if (!verified.ok)
    return refused(code, verified.rule, `expected an SSH signature over this file in ${namespace}`);
  const { key } = verified;
  const machine = trust.keys.find((one) => one.keyId === keyId(key.key) && one.role !== "operator");
  if (machine !== undefined)
    return refused(
      "OPERATOR_IS_LANE",
      "machine-key",
      "expected an operator's key",
      `the ${machine.role} key`,
    );
  if (isRevoked(trust, "key", key.fingerprint) || isRevoked(trust, "key", keyId(key.key)))
    return refused("OPERATOR_REVOKED", "revoked", "expected a key that was not revoked", key.fingerprint);
  const ofKey = trust.signers.filter((one) => Buffer.from(one.key.blob).equals(Buffer.from(key.blob)));
  const named = ofKey.filter((one) => principal === null || one.principal === principal);
  const [signer] = named.filter((one) => one.namespace === namespace);
  if (signer === undefined) {
    const found = `${key.fingerprint} of ${ofKey[0]?.principal ?? "nobody"}`;
    const known = principal === null || trust.signers.some((one) => one.principal === principal);
    return known && ofKey.length > 0 && named.length === 0
      ? refused(code, "other-operator", `expected a key of ${principal ?? "an operator"}`, found)
      : refused("OPERATOR_UNKNOWN", "not-allowed", `expected a key that may sign in ${namespace}`, found);
  }
  for (const at of [signedAt, now]) {
    if (at === null) continue;
    const moment = Date.parse(at);
    // Written so that a time that is none (NaN) is outside of every window.
    if (!(moment >= signer.validAfter && moment <= signer.validBefore))
      return refused(
        "OPERATOR_KEY_WINDOW",
        "window",
        `expected a key that is valid at ${at}`,
        key.fingerprint,
      );
  }
  return { signer: { principal: signer.principal, fingerprint: key.fingerprint }, problems: [] };
}
