import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { keyId } from "@stage6/evidence-interface";
import { describe, expect, it } from "vitest";
import {
  ANCHOR,
  fileOf,
  keyEntry,
  KEYS,
  machineKeys,
  sampleKeyFile,
  sampleRevocations,
  sampleSigners,
  sampleTrust,
  signerLine,
} from "../testing/sample-keys.ts";
import { sshKeyLine } from "../testing/sign-ssh.ts";
import { sshString } from "../ssh/read-ssh.ts";
import { sshFingerprint } from "../ssh/ssh-public-key.ts";
import { checkTrustRoot, openMachines, trustedKeysOf, type TrustFiles } from "./trust-root.ts";

/** `CODE rule` of every problem; nothing is trusted as soon as there is one. */
function traps(change: Partial<TrustFiles>): string[] {
  const { trust, problems } = checkTrustRoot(sampleTrust(change), ANCHOR);
  expect(trust === null).toBe(problems.length > 0);
  return problems.map(({ code, rule }) => `${code} ${rule}`);
}
const signers = (...lines: string[]): string[] => traps({ allowedSigners: sampleSigners(...lines) });
const NAMESPACE = 'namespaces="stage6-acceptance@v1"';
const WINDOW = 'valid-after="20260101Z",valid-before="20270101Z"';
const RSA = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
const [first = {}, ...rest] = machineKeys();

/** Points of order 1, 2, 4 and 8 in both signs, and encodings that are not canonical. */
const SMALL_ORDER = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000080",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

describe("the trust root", () => {
  it("R24: holds with one role per key, literal principals and windows", () => {
    expect(traps({})).toEqual([]);
  });

  it.each([
    ["wildcard-principal", "the principal *", signerLine({ principal: "*" })],
    ["wildcard-principal", "the principal operator:*", signerLine({ principal: "operator:*" })],
    ["wildcard-principal", "a question mark in the principal", signerLine({ principal: "operator:j?" })],
    ["principal-list", "a list of principals", signerLine({ principal: "operator:jp,operator:kim" })],
    ["negated-principal", "a negated principal", signerLine({ principal: "!lane:*,*" })],
    ["principal-form", "a lane as principal", signerLine({ principal: "lane:case" })],
    ["principal-form", "a mail address as principal", signerLine({ principal: "jp@example.invalid" })],
    ["no-namespaces", "no namespaces", signerLine({ options: WINDOW })],
    ["namespace-wildcard", "any namespace", signerLine({ namespace: "*" })],
    ["namespace-wildcard", "a namespace wildcard", signerLine({ namespace: "stage6-*" })],
    ["namespace-list", "a list of namespaces", signerLine({ namespace: "stage6-acceptance@v1,file" })],
    ["negated-namespace", "a negated namespace", signerLine({ namespace: "!file" })],
    ["namespace-unknown", "another namespace", signerLine({ namespace: "file" })],
    ["namespace-unknown", "an empty namespace", signerLine({ namespace: "" })],
    [
      "cert-authority",
      "a certificate authority",
      signerLine({ options: `cert-authority,${NAMESPACE},${WINDOW}` }),
    ],
    ["no-validity", "no bounds", signerLine({ options: NAMESPACE })],
    ["no-validity", "no upper bound", signerLine({ options: `${NAMESPACE},valid-after="20260101Z"` })],
    ["no-validity", "no lower bound", signerLine({ options: `${NAMESPACE},valid-before="20270101Z"` })],
    [
      "validity-form",
      "a bound in local time",
      signerLine({ options: `${NAMESPACE},valid-after="20260101",valid-before="20270101"` }),
    ],
    [
      "validity-form",
      "a bound that is no day",
      signerLine({ options: `${NAMESPACE},valid-after="20260230Z",valid-before="20270101Z"` }),
    ],
    [
      "validity-empty",
      "bounds the wrong way round",
      signerLine({ options: `${NAMESPACE},valid-after="20270101Z",valid-before="20260101Z"` }),
    ],
    [
      "unknown-option",
      "an unknown option",
      signerLine({ options: `${NAMESPACE},${WINDOW},verify-required` }),
    ],
    [
      "unknown-option",
      "an option in capitals",
      signerLine({ options: `NAMESPACES="file",${NAMESPACE},${WINDOW}` }),
    ],
    ["repeated-option", "an option twice", signerLine({ options: `${NAMESPACE},${NAMESPACE},${WINDOW}` })],
    ["key", "a key type that is not Ed25519", signerLine({ key: `ssh-rsa ${"A".repeat(40)}` })],
    [
      "key",
      "a key of another type than it says",
      signerLine({
        key: sshKeyLine(KEYS.operator).replace("ssh-ed", "sk-ssh-ed").replace(" ", "@openssh.com "),
      }),
    ],
    ["line-form", "a tab between the fields", signerLine().replace(" ", "\t")],
    ["line-form", "a carriage return", signerLine().replace("\n", "\r\n")],
    ["line-form", "a name with a Cyrillic letter", signerLine({ principal: "operator:\u0458p" })],
    ["line-form", "a name with a full-width letter", signerLine({ principal: "operator:\uff4ap" })],
    ["line-form", "a no-break space between the fields", signerLine().replace(" ", "\u00a0")],
    ["line-form", "a leading space", ` ${signerLine()}`],
    ["repeated-line", "the same line twice", signerLine() + signerLine()],
    ["two-principals", "one key for two operators", signerLine() + signerLine({ principal: "operator:kim" })],
    ["two-roles", "the runner's key", signerLine({ key: sshKeyLine(KEYS.runner) })],
    ["two-roles", "the comparator's key", signerLine({ key: sshKeyLine(KEYS.comparator) })],
  ])("R40: allowed_signers with the trap %s is unsafe: %s (TRUST_ROOT_UNSAFE)", (rule, _, text) => {
    expect(signers(text)).toContain(`TRUST_ROOT_UNSAFE ${rule}`);
  });

  it("R40: a missing, empty or commented-out allowed_signers is unsafe (TRUST_ROOT_UNSAFE)", () => {
    expect(traps({ allowedSigners: null })).toEqual(["TRUST_ROOT_UNSAFE missing"]);
    expect(signers("")).toEqual(["TRUST_ROOT_UNSAFE empty"]);
    expect(signers(`# ${signerLine()}`)).toEqual(["TRUST_ROOT_UNSAFE empty"]);
  });

  it("R40: one that nobody founded yet has no trap, and no operator (OPERATOR_UNKNOWN)", () => {
    const unfounded = { allowedSigners: null, root: null, rootSignature: null };
    expect(traps(unfounded)).toEqual(["OPERATOR_UNKNOWN missing"]);
    for (const left of ["root", "rootSignature"] as const)
      expect(traps({ ...unfounded, [left]: sampleTrust()[left] })).toEqual(["TRUST_ROOT_UNSAFE missing"]);
  });

  it("R40: a missing or empty revocation list is unsafe, not a list of nothing (TRUST_ROOT_UNSAFE)", () => {
    expect(traps({ revocations: null })).toEqual(["TRUST_ROOT_UNSAFE missing"]);
    expect(traps({ revocations: fileOf("trust/revocations.jsonl", "") })).toEqual([
      "TRUST_ROOT_UNSAFE empty",
    ]);
  });

  it("R40: a revocation list with a line taken out, edited, unended or without its opening is unsafe (TRUST_ROOT_UNSAFE)", () => {
    const id = `sha256:${"a".repeat(64)}`;
    const text = Buffer.from(sampleRevocations({ kind: "proof", id }, { kind: "key", id }).bytes).toString(
      "utf8",
    );
    const [opened = "", proof = "", key = ""] = text.split("\n");
    const list = (...lines: string[]): string[] =>
      traps({ revocations: fileOf("trust/revocations.jsonl", lines.join("\n")) });
    expect(list(opened, proof, key, "")).toEqual([]);
    expect(list(opened, key, "")).toEqual(["TRUST_ROOT_UNSAFE seq"]);
    expect(list(opened, proof.replaceAll("a", "b"), key, "")).not.toEqual([]);
    expect(list(opened, proof.replace('"sample"', '"edited"'), key, "")).toEqual(["TRUST_ROOT_UNSAFE chain"]);
    expect(list(opened, proof)).toEqual(["TRUST_ROOT_UNSAFE unended"]);
    expect(list(opened.replace('"opened","id":"none"', `"proof","id":"${id}"`), "")).toEqual([
      "TRUST_ROOT_UNSAFE opened",
    ]);
  });

  it.each([
    ["one-role", "a key in two roles", [...machineKeys(), keyEntry(KEYS.runner, "comparator")]],
    ["key-id", "a key under another's id", [{ ...first, keyId: rest[0]?.["keyId"] }, ...rest.slice(1)]],
    [
      "key",
      "a key that is not Ed25519",
      [{ ...first, publicKey: RSA.export({ type: "spki", format: "pem" }).toString() }],
    ],
    [
      "schema",
      "a private key",
      [{ ...first, publicKey: KEYS.runner.export({ type: "pkcs8", format: "pem" }).toString() }],
    ],
    ["schema", "an unknown role", [{ ...first, role: "lane" }]],
    ["schema", "no validity bounds", [{ ...first, validUntil: undefined }]],
    ["validity-empty", "bounds the wrong way round", [{ ...first, validUntil: "2025-01-01T00:00:00.000Z" }]],
    [
      "operator-key",
      "an operator's key that may sign nothing",
      [...machineKeys(), keyEntry(KEYS.stranger, "operator")],
    ],
  ])("R24: keys.json with the trap %s is unsafe: %s (TRUST_ROOT_UNSAFE)", (rule, _, keys) => {
    expect(traps({ keys: sampleKeyFile(keys) })).toContain(`TRUST_ROOT_UNSAFE ${rule}`);
  });

  it("R24: keys.json that is missing or not canonical is unsafe (TRUST_ROOT_UNSAFE)", () => {
    expect(traps({ keys: null })).toContain("TRUST_ROOT_UNSAFE missing");
    expect(traps({ keys: fileOf("trust/keys.json", '{"schemaVersion": "1.0"}') })).toContain(
      "TRUST_ROOT_UNSAFE not-canonical",
    );
  });

  it("R24: an operator's SSH key may stand in keys.json as an operator's", () => {
    expect(traps({ keys: sampleKeyFile([...machineKeys(), keyEntry(KEYS.operator, "operator")]) })).toEqual(
      [],
    );
  });

  it("R24: gives the keys of one role alone, inside their window and not revoked", () => {
    const id = keyId(createPublicKey(KEYS.runner));
    const { trust } = checkTrustRoot(sampleTrust(), ANCHOR);
    const { trust: revoked } = checkTrustRoot(
      sampleTrust({ revocations: sampleRevocations({ kind: "key", id }) }),
      ANCHOR,
    );
    if (trust === null || revoked === null) throw new Error("unsafe");
    expect([...trustedKeysOf(trust, "runner", "2026-06-01T00:00:00.000Z").keys()]).toEqual([id]);
    expect(trustedKeysOf(trust, "runner", "2027-06-01T00:00:00.000Z").size).toBe(0);
    expect(trustedKeysOf(trust, "runner", "2025-06-01T00:00:00.000Z").size).toBe(0);
    expect(trustedKeysOf(revoked, "runner", "2026-06-01T00:00:00.000Z").size).toBe(0);
  });

  it("R24, R40: a key that was revoked by the fingerprint of its SSH form opens nothing either", () => {
    const key = createPublicKey(KEYS.runner);
    const revocations = sampleRevocations({ kind: "key", id: sshFingerprint(key) });
    const { machines } = openMachines({ keys: sampleTrust().keys, revocations });
    if (machines === null) throw new Error("unsafe");
    expect(trustedKeysOf(machines, "runner", "2026-06-01T00:00:00.000Z").size).toBe(0);
    expect(trustedKeysOf(machines, "comparator", "2026-06-01T00:00:00.000Z").size).toBe(1);
  });

  it.each([
    ["3 MB in one line", `operator:a ${'namespaces="a",'.repeat(200_000)} ssh-ed25519 AAAA`],
    ["one letter more than a line may have", "a".repeat(4097)],
  ])("R40: allowed_signers with %s is unsafe: line-too-long (TRUST_ROOT_UNSAFE)", (_, line) => {
    const allowedSigners = fileOf("trust/allowed_signers", `${line}\n`);
    expect(traps({ allowedSigners })).toEqual(["TRUST_ROOT_UNSAFE line-too-long"]);
  });

  it.each(SMALL_ORDER)(
    "R24, R40: a key that is a point of small order is unsafe, %s (TRUST_ROOT_UNSAFE)",
    (hex) => {
      const raw = Buffer.from(hex, "hex");
      const blob = Buffer.concat([sshString("ssh-ed25519"), sshString(raw)]).toString("base64");
      const line = `operator:jp namespaces="stage6-acceptance@v1",valid-after="20260101Z",valid-before="20270101Z" ssh-ed25519 ${blob}`;
      expect(traps({ allowedSigners: fileOf("trust/allowed_signers", `${line}\n`) })).toEqual([
        "TRUST_ROOT_UNSAFE key",
      ]);
      const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]);
      const key = createPublicKey({ key: spki, format: "der", type: "spki" });
      const [entry] = machineKeys();
      if (entry === undefined) throw new Error("no key");
      const publicKey = key.export({ type: "spki", format: "pem" }).toString();
      const keys = sampleKeyFile([{ ...entry, keyId: keyId(key), publicKey }]);
      expect(traps({ keys })).toContain("TRUST_ROOT_UNSAFE key");
    },
  );
});
