import { createPublicKey } from "node:crypto";
import { keyId, sha256 } from "@stage6/evidence-interface";
import { describe, expect, it } from "vitest";
import { codesOf } from "../testing/codes-of.ts";
import { wholeSample } from "../testing/sample-documents.ts";
import {
  ANCHOR,
  fileOf,
  FOUNDER,
  keyEntry,
  KEYS,
  machineKeys,
  sampleKeyFile,
  sampleRevocations,
  sampleSigners,
  sampleTrust,
  signerLine,
} from "../testing/sample-keys.ts";
import { signSsh, sshKeyLine } from "../testing/sign-ssh.ts";
import { ACCEPTANCE_NAMESPACE, POLICY_NAMESPACE } from "./allowed-signers.ts";
import { checkTrustRoot, type TrustFiles } from "./trust-root.ts";

const { documents } = wholeSample();
const found = (files: TrustFiles, anchor = ANCHOR): string[] => {
  const { trust, problems } = checkTrustRoot(files, anchor);
  expect(trust === null).toBe(problems.length > 0);
  return problems.map(({ code, rule }) => `${code} ${rule}`);
};
const whole = sampleTrust();
const MALLORY = sshKeyLine(KEYS.stranger);
const intruder = sampleSigners(
  signerLine(),
  signerLine({ namespace: POLICY_NAMESPACE }),
  signerLine({ principal: "operator:mallory", key: MALLORY }),
  signerLine({ principal: "operator:mallory", key: MALLORY, namespace: POLICY_NAMESPACE }),
);

describe("the founder of a trust root", () => {
  it("R20, R24: vouches for keys and operators of this harness", () => {
    expect(found(whole)).toEqual([]);
  });

  it("R20, R40: has not signed an operator that somebody added to the file (TRUST_ROOT_UNSIGNED)", () => {
    const trust = { ...whole, allowedSigners: intruder };
    expect(found(trust)).toEqual(["TRUST_ROOT_UNSIGNED signers"]);
    expect(codesOf("trust", { ...documents, trust })).toEqual(["TRUST_ROOT_UNSIGNED signers"]);
    expect(codesOf("operator-acceptance", { ...documents, trust })).toEqual(["NOT_RUN"]);
  });

  it("R20, R24: has not signed a machine key that somebody put there (TRUST_ROOT_UNSIGNED)", () => {
    const [first = {}, ...rest] = machineKeys();
    const keys = sampleKeyFile([first, ...rest.slice(1), keyEntry(KEYS.stranger, "comparator")]);
    expect(found({ ...whole, keys })).toEqual(["TRUST_ROOT_UNSIGNED keys"]);
  });

  it("R20, R40: is nobody who founded it anew (FOUNDER_UNKNOWN)", () => {
    const mine = sampleTrust({ allowedSigners: intruder }, {}, KEYS.stranger);
    expect(found(mine)).toEqual(["FOUNDER_UNKNOWN other-founder"]);
    expect(codesOf("trust", { ...documents, trust: mine })).toEqual(["FOUNDER_UNKNOWN other-founder"]);
  });

  it("R20, R40: has to be told from outside; a root does not vouch for itself (FOUNDER_UNKNOWN)", () => {
    expect(found(whole, { ...ANCHOR, founder: null })).toEqual(["FOUNDER_UNKNOWN no-founder"]);
    expect(codesOf("trust", { ...documents, founder: null })).toEqual(["FOUNDER_UNKNOWN no-founder"]);
  });

  it("R20, R24: holds no key of a machine (OPERATOR_IS_LANE)", () => {
    const keys = sampleKeyFile([...machineKeys(), keyEntry(KEYS.operator, "operator")]);
    const runner = createPublicKey(KEYS.runner);
    const trust = sampleTrust({ keys }, {}, KEYS.runner);
    const { problems } = checkTrustRoot(trust, {
      ...ANCHOR,
      founder:
        checkTrustRoot(trust, { ...ANCHOR, founder: null }).problems[0]?.message.split("found ")[1] ?? "",
    });
    expect(keyId(runner)).not.toBe("");
    expect(problems.map(({ code }) => code)).toEqual(["OPERATOR_IS_LANE"]);
  });

  it("R40: whose key was revoked vouches for nothing (OPERATOR_REVOKED)", () => {
    for (const id of [FOUNDER, keyId(createPublicKey(KEYS.founder))])
      expect(found({ ...whole, revocations: sampleRevocations({ kind: "key", id }) })).toEqual([
        "OPERATOR_REVOKED revoked",
      ]);
  });

  it("R20, R40: signed for another harness, with other files or for another purpose does not count (TRUST_ROOT_UNSIGNED)", () => {
    expect(found(sampleTrust({}, { harness: "other" }))).toEqual(["TRUST_ROOT_UNSIGNED harness"]);
    expect(found(whole, { ...ANCHOR, harness: null })).toEqual(["TRUST_ROOT_UNSIGNED harness"]);
    expect(found(sampleTrust({}, { signersSha256: sha256("x") }))).toEqual(["TRUST_ROOT_UNSIGNED signers"]);
    for (const namespace of [ACCEPTANCE_NAMESPACE, POLICY_NAMESPACE, "file"]) {
      const bytes = signSsh(whole.root?.bytes ?? Buffer.of(), KEYS.founder, { namespace });
      expect(found({ ...whole, rootSignature: { path: "x", bytes } })).toEqual([
        "TRUST_ROOT_UNSIGNED namespace",
      ]);
    }
  });

  it("R24: leaves no room in form (TRUST_ROOT_UNSIGNED)", () => {
    expect(found({ ...whole, root: null })).toEqual(["TRUST_ROOT_UNSIGNED missing"]);
    expect(found({ ...whole, rootSignature: null })).toEqual(["TRUST_ROOT_UNSIGNED unsigned"]);
    const edited = fileOf("trust/root.json", {
      ...JSON.parse(Buffer.from(whole.root?.bytes ?? []).toString("utf8")),
      signedAt: "2026-01-03T00:00:00.000Z",
    });
    expect(found({ ...whole, root: edited })).toEqual(["TRUST_ROOT_UNSIGNED signature"]);
    expect(found({ ...whole, root: fileOf("trust/root.json", "{ }") })).toEqual([
      "TRUST_ROOT_UNSIGNED not-canonical",
    ]);
    const more = sampleTrust({}, { approved: true } as Record<string, unknown>);
    expect(found(more)).toEqual(["TRUST_ROOT_UNSIGNED schema"]);
  });
});
