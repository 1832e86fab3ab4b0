import { createPublicKey } from "node:crypto";
import { digestHex, keyId, sha256, writeStrictBytes } from "@stage6/evidence-interface";
import { describe, expect, it } from "vitest";
import { decideEligibility } from "../decide/decide-eligibility.ts";
import type { EligibilityDocuments } from "../decide/documents.ts";
import { checkLedger, nextLedgerEntry } from "../ledger/check-ledger.ts";
import { NOW, sampleAcceptance, wholeSample, type AcceptanceChange } from "../testing/sample-documents.ts";
import {
  fileOf,
  KEYS,
  sampleKey,
  sampleRevocations,
  sampleSigners,
  sampleTrust,
  signerLine,
} from "../testing/sample-keys.ts";
import { sshKeyLine, signSsh } from "../testing/sign-ssh.ts";
import { parseSshPublicKey } from "../ssh/ssh-public-key.ts";
import { sshKeyBlob } from "../testing/sign-ssh.ts";
import { ACCEPTANCE_NAMESPACE, POLICY_NAMESPACE } from "../trust/allowed-signers.ts";
import type { AcceptanceFiles } from "./check-acceptance.ts";

const { documents, proof, digest } = wholeSample();
const POLICY_LINE = signerLine({ namespace: POLICY_NAMESPACE });
const fingerprint = parseSshPublicKey(sshKeyBlob(KEYS.operator))?.fingerprint ?? "";

/** Codes of the check of acceptances, all of them. */
function codes(
  acceptances: readonly AcceptanceFiles[],
  change: Partial<EligibilityDocuments> = {},
  now = NOW,
  purpose: "judge" | "record" = "judge",
): string[] {
  const changed = { ...documents, acceptances: new Map([[digest, acceptances]]), ...change };
  const decision = decideEligibility(changed, { now, purpose });
  const check = decision.checks.find(({ id }) => id === "operator-acceptance");
  expect(decision.verdict === "pass").toBe(decision.checks.every(({ code }) => code === null));
  if (check?.verdict !== "pass") expect(decision).toMatchObject({ verdict: "refused", recordType: null });
  return (check?.evidence ?? []).flatMap(({ what }) => what?.split(" ")[0] ?? []);
}
const one = (change: AcceptanceChange): AcceptanceFiles[] => [sampleAcceptance(proof, digest, change)];
const bitOff = (bytes: Uint8Array): Uint8Array => {
  const copy = Buffer.from(bytes);
  copy[60] = (copy[60] ?? 0) ^ 1;
  return copy;
};
const good = sampleAcceptance(proof, digest);

describe("an acceptance", () => {
  it("R12: of this proof by a trusted operator, after it and before now, is accepted", () => {
    expect(codes([good])).toEqual([]);
  });

  it("R40: that is absent is refused (ACCEPTANCE_MISSING)", () => {
    expect(codes([])).toEqual(["ACCEPTANCE_MISSING"]);
  });

  it.each([
    ["without a signature file", one({ signature: null })],
    [
      "edited after it was signed",
      [
        {
          ...good,
          document: {
            ...good.document,
            bytes: writeStrictBytes({
              ...JSON.parse(Buffer.from(good.document.bytes).toString("utf8")),
              acceptedAt: "2026-06-04T00:00:01.000Z",
            }),
          },
        },
      ],
    ],
    [
      "with one bit of the signature flipped",
      one({ signature: { path: "x.sig", bytes: bitOff(good.signature?.bytes ?? Buffer.of()) } }),
    ],
    ["signed for the policy's namespace", one({ namespace: POLICY_NAMESPACE })],
    ["signed for ssh-keygen's own namespace", one({ namespace: "file" })],
    [
      "that is not canonical JSON",
      [{ document: fileOf("jp.json", '{ "schemaVersion": "1.0" }'), signature: good.signature }],
    ],
    ["by a name with a Cyrillic letter", one({ document: { operator: "operator:\u0458p" } })],
    ["by a name in capitals", one({ document: { operator: "operator:JP" } })],
    ["by a name with a space after it", one({ document: { operator: "operator:jp " } })],
    ["that confirms other words", one({ document: { statement: "activate it" } })],
    ["with an unknown field", one({ document: { enabledByDefault: true } as Record<string, unknown> })],
    [
      "signed by another known operator",
      one({ document: { operator: "operator:jp" }, key: sampleKey(21) }),
      signerLine({ principal: "operator:kim", key: sshKeyLine(sampleKey(21)) }),
    ],
  ])("R40: %s is refused (ACCEPTANCE_SIGNATURE)", (_, acceptances, line = "") => {
    const trust = sampleTrust({ allowedSigners: sampleSigners(signerLine(), POLICY_LINE, line) });
    expect(codes(acceptances, { trust })).toEqual(["ACCEPTANCE_SIGNATURE"]);
  });

  it("R40: of another proof is refused (ACCEPTANCE_OTHER_PROOF)", () => {
    expect(codes(one({ document: { proofDigest: sha256("another") } }))).toEqual(["ACCEPTANCE_OTHER_PROOF"]);
  });

  it("R40: without the proof's challenge is refused (ACCEPTANCE_CHALLENGE)", () => {
    expect(codes(one({ document: { challenge: "f".repeat(32) } }))).toEqual(["ACCEPTANCE_CHALLENGE"]);
  });

  it.each(["2026-06-02T23:59:59.999Z", "2026-06-03T00:00:00.000Z"])(
    "R12: made at %s, not after the proof, is refused (ACCEPTANCE_BEFORE_PROOF)",
    (acceptedAt) => {
      expect(codes(one({ document: { acceptedAt } }))).toEqual(["ACCEPTANCE_BEFORE_PROOF"]);
    },
  );

  it("R40: from the future is refused (ACCEPTANCE_FUTURE)", () => {
    expect(codes(one({ document: { acceptedAt: "2026-06-05T00:00:00.001Z" } }))).toEqual([
      "ACCEPTANCE_FUTURE",
    ]);
  });

  it("R40: that rejects is refused, also beside one that accepts (ACCEPTANCE_REJECTED)", () => {
    expect(codes([good, ...one({ document: { decision: "rejected" } })])).toEqual(["ACCEPTANCE_REJECTED"]);
  });

  it("R40: stands in no decision beside one that rejects, whichever came first", () => {
    for (const acceptedAt of ["2026-06-03T12:00:00.000Z", "2026-06-04T12:00:00.000Z"]) {
      const both = [good, ...one({ document: { decision: "rejected", acceptedAt } })];
      for (const acceptances of [both, both.toReversed()]) {
        const changed = { ...documents, acceptances: new Map([[digest, acceptances]]) };
        expect(decideEligibility(changed, { now: NOW }).acceptanceDigest).toBeNull();
      }
    }
    expect(decideEligibility(documents, { now: NOW }).acceptanceDigest).toBe(sha256(good.document.bytes));
  });

  it("R40: by a name that nobody trusts is refused (OPERATOR_UNKNOWN)", () => {
    expect(codes(one({ document: { operator: "operator:mallory" } }))).toEqual(["OPERATOR_UNKNOWN"]);
  });

  it("R40: by a key that nobody trusts is refused (OPERATOR_UNKNOWN)", () => {
    expect(codes(one({ key: KEYS.stranger }))).toEqual(["OPERATOR_UNKNOWN"]);
  });

  it("R40: by an operator who may sign the policy alone is refused (OPERATOR_UNKNOWN)", () => {
    const trust = sampleTrust({ allowedSigners: sampleSigners(POLICY_LINE) });
    expect(codes([good], { trust })).toEqual(["OPERATOR_UNKNOWN"]);
  });

  it.each(["runner", "comparator", "stage5-validator", "admission-reviewer"] as const)(
    "R20: signed with the %s key is refused (OPERATOR_IS_LANE)",
    (role) => {
      expect(codes(one({ key: KEYS[role] }))).toEqual(["OPERATOR_IS_LANE"]);
    },
  );

  it("R20: by an operator who is named after a lane is refused (OPERATOR_IS_LANE)", () => {
    const allowedSigners = sampleSigners(
      signerLine({ principal: "operator:case" }),
      POLICY_LINE.replace("operator:jp", "operator:case"),
    );
    expect(
      codes(one({ document: { operator: "operator:case" } }), { trust: sampleTrust({ allowedSigners }) }),
    ).toEqual(["OPERATOR_IS_LANE"]);
  });

  it.each([fingerprint, keyId(createPublicKey(KEYS.operator))])(
    "R40: by a key that was revoked as %s is refused (OPERATOR_REVOKED)",
    (id) => {
      const trust = sampleTrust({ revocations: sampleRevocations({ kind: "key", id }) });
      expect(codes([good], { trust })).toEqual(["OPERATOR_REVOKED"]);
    },
  );

  it.each([
    ["before the key's window", "20260605Z", "20270101Z"],
    ["after the key's window", "20260101Z", "20260603Z"],
    ["in the window of a key that has run out since", "20260101Z", "20260604120000Z"],
  ])("R40: made %s is refused (OPERATOR_KEY_WINDOW)", (_, after, before) => {
    const options = `namespaces="${ACCEPTANCE_NAMESPACE}",valid-after="${after}",valid-before="${before}"`;
    const trust = sampleTrust({ allowedSigners: sampleSigners(signerLine({ options }), POLICY_LINE) });
    expect(codes([good], { trust })).toEqual(["OPERATOR_KEY_WINDOW"]);
  });

  it("R40: made in the first moment of the key's window, and judged in its last, is accepted", () => {
    const window = 'valid-after="20260604000000Z",valid-before="20260605000000Z"';
    const options = `namespaces="${ACCEPTANCE_NAMESPACE}",${window}`;
    const trust = sampleTrust({ allowedSigners: sampleSigners(signerLine({ options }), POLICY_LINE) });
    expect(codes([good], { trust })).toEqual([]);
    expect(codes([good], { trust }, "2026-06-05T00:00:00.001Z")).toEqual(["OPERATOR_KEY_WINDOW"]);
  });

  it("R40: made in the moment of the judgement is accepted", () => {
    expect(codes(one({ document: { acceptedAt: NOW } }))).toEqual([]);
  });

  it("R40: that was revoked is refused (ACCEPTANCE_REVOKED)", () => {
    const id = sha256(good.document.bytes);
    const trust = sampleTrust({ revocations: sampleRevocations({ kind: "acceptance", id }) });
    expect(codes([good], { trust })).toEqual(["ACCEPTANCE_REVOKED"]);
  });

  it("R40: that was recorded before is refused when it would be recorded again, or for another proof (ACCEPTANCE_REPLAY)", () => {
    const ledgerOf = (proofDigest: string) => {
      const empty = checkLedger(null).ledger;
      if (empty === null) throw new Error("no ledger");
      const draft = {
        recordType: "rehearsal",
        recordDigest: sha256("record"),
        proofDigest,
        acceptanceDigest: sha256(good.document.bytes),
        revocations: 1,
        recordedAt: NOW,
      } as const;
      return fileOf("eligibility/ledger.jsonl", `${JSON.stringify(nextLedgerEntry(empty, draft))}\n`);
    };
    expect(codes([good], { ledger: ledgerOf(digest) }, NOW, "record")).toEqual(["ACCEPTANCE_REPLAY"]);
    expect(codes([good], { ledger: ledgerOf(sha256("another")) })).toEqual(["ACCEPTANCE_REPLAY"]);
    expect(codes([good], { ledger: ledgerOf(digest) })).toEqual([]);
  });

  it("R40: in the folder of another proof is not looked at (ACCEPTANCE_MISSING)", () => {
    expect(codes([], { acceptances: new Map([[sha256("another"), [good]]]) })).toEqual([
      "ACCEPTANCE_MISSING",
    ]);
  });

  it("R40: signed over a lane's text with the operator's key is no acceptance (ACCEPTANCE_SIGNATURE)", () => {
    const document = fileOf(`acceptances/${digestHex(digest)}/jp.json`, {
      schemaVersion: "1.0",
      type: "note",
    });
    const signature = {
      path: "jp.json.sig",
      bytes: signSsh(document.bytes, KEYS.operator, { namespace: ACCEPTANCE_NAMESPACE }),
    };
    expect(codes([{ document, signature }])).toEqual(["ACCEPTANCE_SIGNATURE"]);
  });
});
