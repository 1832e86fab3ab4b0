import type { Policy } from "@stage6/comparator";
import { FORBIDDEN_ACTIONS } from "@stage6/evidence-interface";
import { describe, expect, it } from "vitest";
import { codesOf } from "../testing/codes-of.ts";
import { wholeSample } from "../testing/sample-documents.ts";
import { fileOf, KEYS, sampleRevocations, sampleTrust } from "../testing/sample-keys.ts";
import { POLICY } from "../testing/sample-comparison.ts";
import { sshKeyBlob, signSsh } from "../testing/sign-ssh.ts";
import { parseSshPublicKey } from "../ssh/ssh-public-key.ts";

const { documents } = wholeSample();
/** Codes of a policy that an operator signed, whatever it says. */
function codes(policy: unknown, namespace = "stage6-policy@v1", key = KEYS.operator): string[] {
  const file = fileOf("policy/stage6.policy.json", policy);
  const policySignature = { path: `${file.path}.sig`, bytes: signSsh(file.bytes, key, { namespace }) };
  return codesOf("policy", { ...documents, policy: file, policySignature });
}
const weakened: readonly (readonly [string, Partial<Policy>])[] = [
  ["one live trial per cell", { trialsPerCell: { scripted: 1, live: 1 } }],
  ["five live fixtures", { fixtures: { scripted: 1, live: 5 } }],
  ["a wider margin", { rates: { margin: 0.2, z: 1.75 } }],
  ["a lower score", { rates: { margin: 0.1, z: 1.6 } }],
  ["no real baseline", { minRealLanes: 0 }],
  ["three lanes", { requiredLanes: ["case", "codex", "fake"] }],
  ["no kinds", { kinds: [] }],
];

describe("the policy", () => {
  it("R6: that an operator signed holds", () => {
    expect(codes(POLICY)).toEqual([]);
  });

  it.each(FORBIDDEN_ACTIONS)(
    "R13: without %s among the forbidden actions is refused (POLICY_WEAKENED)",
    (action) => {
      expect(
        codes({ ...POLICY, forbiddenActions: FORBIDDEN_ACTIONS.filter((one) => one !== action) }),
      ).toEqual(["POLICY_WEAKENED floor"]);
    },
  );

  it.each(weakened)("R19: with %s is refused although it is signed (POLICY_WEAKENED)", (_, change) => {
    expect([...new Set(codes({ ...POLICY, ...change }))]).toEqual(["POLICY_WEAKENED floor"]);
  });

  it("R6: that is edited, unsigned, or signed for another purpose is refused (POLICY_SIGNATURE)", () => {
    expect(codesOf("policy", { ...documents, policySignature: null })).toEqual(["POLICY_SIGNATURE missing"]);
    expect(
      codesOf("policy", {
        ...documents,
        policy: fileOf("policy/stage6.policy.json", { ...POLICY, minRealLanes: 2 }),
      }),
    ).toEqual(["POLICY_SIGNATURE signature"]);
    expect(codes(POLICY, "stage6-acceptance@v1")).toEqual(["POLICY_SIGNATURE namespace"]);
  });

  it("R20: signed by a lane's or a harness's key is refused", () => {
    expect(codes(POLICY, undefined, KEYS.runner)).toEqual(["OPERATOR_IS_LANE machine-key"]);
    expect(codes(POLICY, undefined, KEYS.stranger)).toEqual(["OPERATOR_UNKNOWN not-allowed"]);
  });

  it("R6: signed with a key that was revoked since is refused (OPERATOR_REVOKED)", () => {
    const id = parseSshPublicKey(sshKeyBlob(KEYS.operator))?.fingerprint ?? "";
    const trust = sampleTrust({ revocations: sampleRevocations({ kind: "key", id }) });
    expect(codesOf("policy", { ...documents, trust })).toEqual(["OPERATOR_REVOKED revoked"]);
  });

  it("R6: that is missing or not canonical is refused (POLICY_MISMATCH)", () => {
    expect(codesOf("policy", { ...documents, policy: null })).toEqual(["POLICY_MISMATCH missing"]);
    expect(codesOf("policy", { ...documents, policy: fileOf("policy/stage6.policy.json", "{ }") })).toEqual([
      "POLICY_MISMATCH not-canonical",
    ]);
  });
});
