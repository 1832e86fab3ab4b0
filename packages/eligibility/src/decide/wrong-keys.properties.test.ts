import type { KeyObject } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  NOW,
  sampleAcceptance,
  sampleAdmission,
  sampleStage5,
  wholeSample,
  withProofs,
} from "../testing/sample-documents.ts";
import { KEYS } from "../testing/sample-keys.ts";
import { signSsh } from "../testing/sign-ssh.ts";
import type { EligibilityDocuments } from "./documents.ts";
import { decideEligibility } from "./decide-eligibility.ts";

const { documents, proof, digest } = wholeSample("live");

/** Every signature of the gate, with the role that has to make it, and the documents with it made by any key. */
const SIGNATURES: readonly (readonly [
  keyof typeof KEYS,
  (on: EligibilityDocuments, key: KeyObject) => EligibilityDocuments,
])[] = [
  ["stage5-validator", (on, key) => ({ ...on, stage5: [sampleStage5({}, key)] })],
  ["admission-reviewer", (on, key) => ({ ...on, admissions: [sampleAdmission({}, key)] })],
  ["comparator", (on, key) => ({ ...on, proofs: withProofs(on, proof, key).documents.proofs })],
  [
    "operator",
    (on, key) => ({ ...on, acceptances: new Map([[digest, [sampleAcceptance(proof, digest, { key })]]]) }),
  ],
  [
    "operator",
    (on, key) => ({
      ...on,
      policySignature: {
        path: "policy/stage6.policy.json.sig",
        bytes: signSsh(on.policy?.bytes ?? Buffer.of(), key, { namespace: "stage6-policy@v1" }),
      },
    }),
  ],
];

it("R20: whoever lacks one of the keys reaches no record, whatever the other keys sign", () => {
  const signer = fc.constantFrom(...(Object.keys(KEYS) as (keyof typeof KEYS)[]), null);
  fc.assert(
    fc.property(fc.tuple(signer, signer, signer, signer, signer), (chosen) => {
      let made = documents;
      let right = true;
      for (const [at, [role, sign]] of SIGNATURES.entries()) {
        // null stands for the role's own key, so that all-right happens too.
        const by = chosen[at] ?? role;
        right &&= by === role;
        made = sign(made, KEYS[by]);
      }
      const decision = decideEligibility(made, { now: NOW });
      expect(decision.recordType).toBe(right ? "candidate-default" : null);
    }),
    {
      numRuns: 40,
      examples: [[[null, null, null, null, null]], [["runner", "runner", "runner", "runner", "runner"]]],
    },
  );
});
