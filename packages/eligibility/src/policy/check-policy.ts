import { parsePolicy, type Policy } from "@stage6/comparator";
import { parseStrictBytes, sha256, type Sha256, type Timestamp } from "@stage6/evidence-interface";
import { problemIn, type Problem } from "../problem.ts";
import type { RawFile } from "../raw-file.ts";
import { POLICY_NAMESPACE } from "../trust/allowed-signers.ts";
import { checkSshSignature } from "../trust/check-ssh-signature.ts";
import type { TrustRoot } from "../trust/trust-root.ts";

/** The policy in force. */
export interface PolicyRecord {
  readonly policy: Policy;
  readonly digest: Sha256;
  /** Operator who signed it. */
  readonly signedBy: string;
}

/** Checks policy/stage6.policy.json and its signature: above every floor, and signed by an operator for this purpose. */
export function checkPolicy(
  file: RawFile | null,
  signature: RawFile | null,
  trust: TrustRoot,
  now: Timestamp,
): { readonly record: PolicyRecord | null; readonly problems: readonly Problem[] } {
  if (file === null) {
    const missing = problemIn(
      "policy/stage6.policy.json",
      "POLICY_MISMATCH",
      "missing",
      "the policy is missing",
    );
    return { record: null, problems: [missing] };
  }
  const json = parseStrictBytes(file.bytes);
  if (!json.ok) {
    const problem = problemIn(file.path, "POLICY_MISMATCH", json.rule, "expected canonical JSON", json.found);
    return { record: null, problems: [problem] };
  }
  const parsed = parsePolicy(json.value);
  const floors = parsed.ok
    ? []
    : parsed.problems.map(({ code, pointer, message }) =>
        problemIn(file.path, code, "floor", message, pointer),
      );
  const { signer, problems } = checkSshSignature(
    { file, signature, namespace: POLICY_NAMESPACE, principal: null, signedAt: null },
    trust,
    now,
    "POLICY_SIGNATURE",
  );
  if (!parsed.ok || signer === null) return { record: null, problems: [...floors, ...problems] };
  return {
    record: { policy: parsed.policy, digest: sha256(file.bytes), signedBy: signer.principal },
    problems: [],
  };
}
