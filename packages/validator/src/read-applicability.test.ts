import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { APPLICABILITY_PREDICATE, applicabilityPath, type ApplicabilityRecord } from "@stage6/comparator";
import { keyId, sha256, signStatement, STATEMENT_TYPE, writeStrictBytes } from "@stage6/evidence-interface";
import { sshFingerprint } from "@stage6/eligibility";
import { appendRevocation } from "@stage6/eligibility/fs";
import { testKeys } from "@stage6/evidence-interface/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { GateResult } from "./gate-result.ts";
import { sampleKeys, writeDocument, writeSampleRoot, type SampleRoot } from "./testing/sample-root.ts";
import { removeTempFolders, tempFolder } from "./testing/temp-folder.ts";
import { validateRoot } from "./validate-root.ts";

const NOW = "2026-01-05T00:00:00.000Z";
const RUNNER = testKeys().runner.privateKey;
const DETAIL = { code: "BACKEND_MISSING", detail: "no pi here", remedy: "install pi" } as const;
let blocked: SampleRoot;
let driven: SampleRoot;
afterAll(removeTempFolders);
beforeAll(async () => {
  driven = await writeSampleRoot(await tempFolder());
  blocked = await writeSampleRoot(await tempFolder(), {
    plan: (plan) => ({
      ...plan,
      lanes: plan.lanes.map((lane) =>
        lane.lane === "pi"
          ? {
              ...lane,
              state: "blocked",
              adapterVersion: null,
              backendVersion: null,
              model: null,
              reason: DETAIL,
            }
          : lane,
      ),
    }),
  });
});

function recordOf({ planId }: SampleRoot, change: Partial<ApplicabilityRecord> = {}): ApplicabilityRecord {
  return {
    schemaVersion: "1.0",
    lane: "pi",
    planId,
    reasonCode: "BACKEND_MISSING",
    probe: {
      argv: ["pi", "--version"],
      exitCode: 127,
      stdoutSha256: sha256(""),
      stderrSha256: sha256(""),
      probedAt: "2026-01-03T00:00:00.000Z",
    },
    scope: "plan",
    rationale: "The vendor has no build of this backend for the machine at hand.",
    recordedBy: "operator:sample",
    recordedAt: "2026-01-03T00:00:00.000Z",
    expiresAt: "2026-01-20T00:00:00.000Z",
    ...change,
  };
}

const planHex = ({ plan }: SampleRoot): string => sha256(writeStrictBytes(plan)).slice("sha256:".length);
const sealed = (record: unknown, hex: string, key = RUNNER): Uint8Array =>
  signStatement(
    {
      _type: STATEMENT_TYPE,
      subject: [{ name: "plan.json", digest: { sha256: hex } }],
      predicateType: APPLICABILITY_PREDICATE,
      predicate: record,
    },
    key,
  );

async function judge(
  sample: SampleRoot,
  bytes: Uint8Array,
  now = NOW,
): Promise<{ readonly result: GateResult; readonly gate: string | null; readonly compared: string | null }> {
  const file = join(sample.root, applicabilityPath("pi", sample.planId));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
  const result = await validateRoot({ root: sample.root, now, planId: sample.planId });
  const code = (checks: readonly { readonly id: string; readonly code: string | null }[]): string | null =>
    checks.find(({ id }) => id === "applicability")?.code ?? null;
  return { result, gate: code(result.checks), compared: code(result.comparison?.checks ?? []) };
}

test("a signed record of a blocked lane holds, and is among the inputs", async () => {
  const { result, gate, compared } = await judge(blocked, sealed(recordOf(blocked), planHex(blocked)));
  expect({ gate, compared }).toEqual({ gate: null, compared: null });
  expect(result.inputs.map(({ path }) => path)).toContain(applicabilityPath("pi", blocked.planId));
});

test("a record expires by the time to judge at, while the comparison depends on no clock", async () => {
  const bytes = sealed(recordOf(blocked), planHex(blocked));
  for (const now of ["2026-01-20T00:00:00.000Z", "2026-12-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"])
    expect(await judge(blocked, bytes, now)).toMatchObject({ gate: "LANE_NA_INVALID", compared: null });
});

test("a record that nobody trusted signed, or for other bytes of the plan, is invalid", async () => {
  const record = recordOf(blocked);
  const stranger = generateKeyPairSync("ed25519").privateKey;
  const good = sealed(record, planHex(blocked));
  const { payload, ...envelope }: { payload: string } = JSON.parse(Buffer.from(good).toString("utf8"));
  const edited = Buffer.from(payload, "base64").toString("utf8").replace("127", "126");
  const forged = { ...envelope, payload: Buffer.from(edited).toString("base64") };
  for (const [bytes, code] of [
    [sealed(record, planHex(blocked), stranger), "SIGNER_UNKNOWN"],
    [
      sealed(
        record,
        planHex(driven).replace(/^./, (digit) => (digit === "0" ? "1" : "0")),
      ),
      "DIGEST_MISMATCH",
    ],
    [writeStrictBytes({ payloadType: "application/vnd.in-toto+json", ...forged }), "SIGNATURE_INVALID"],
    [writeStrictBytes(record), "SCHEMA_INVALID"],
    [sealed({ ...record, rationale: "not needed" }, planHex(blocked)), "SCHEMA_INVALID"],
  ] as const) {
    const { result, gate, compared } = await judge(blocked, bytes);
    expect({ gate, compared }).toEqual({ gate: code, compared: "LANE_NA_INVALID" });
    expect(result.exitCode).toBe(3);
  }
});

const key = (
  validFrom: string,
  validUntil: string,
  role: "operator" | "runner" | "comparator" = "runner",
) => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const publicPem = publicKey.export({ type: "spki", format: "pem" });
  return {
    privateKey,
    entry: { keyId: keyId(publicKey), role, publicKey: publicPem, validFrom, validUntil },
  };
};
const WINDOW = ["2026-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"] as const;

test.each([
  ["the control: an extra runner key in force", key(...WINDOW), null, null],
  ["a runner key that was revoked", key(...WINDOW), "keyId", "SIGNER_UNKNOWN"],
  ["an operator's key that was revoked by its id", key(...WINDOW, "operator"), "keyId", "SIGNER_UNKNOWN"],
  [
    "an operator's key that was revoked by its SSH fingerprint",
    key(...WINDOW, "operator"),
    "ssh",
    "SIGNER_UNKNOWN",
  ],
  [
    "a runner key that ran out",
    key("2025-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"),
    null,
    "SIGNER_UNKNOWN",
  ],
  [
    "a runner key still to come",
    key("2026-06-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"),
    null,
    "SIGNER_UNKNOWN",
  ],
  ["a comparator's key", key(...WINDOW, "comparator"), null, "SIGNER_UNKNOWN"],
] as const)(
  "R24, R40, R57: of a record that Pi is not applicable, signed by %s",
  async (_, { privateKey, entry }, by, code) => {
    const { root, ...sample } = blocked;
    const trust = join(root, "trust");
    const kept = await Promise.all(
      ["keys.json", "revocations.jsonl"].map((name) => readFile(join(trust, name))),
    );
    try {
      await writeDocument(root, "trust/keys.json", { ...sampleKeys(), keys: [...sampleKeys().keys, entry] });
      const id = by === "ssh" ? sshFingerprint(createPublicKey(entry.publicKey)) : entry.keyId;
      if (by !== null)
        await appendRevocation(join(trust, "revocations.jsonl"), {
          kind: "key",
          id,
          revokedAt: "2026-01-04T00:00:00.000Z",
          reason: "stolen",
        });
      const bytes = sealed(recordOf(blocked), planHex(blocked), privateKey);
      const judged = await judge({ root, ...sample }, bytes);
      expect(judged).toMatchObject({ gate: code, compared: code === null ? null : "LANE_NA_INVALID" });
    } finally {
      await Promise.all(
        ["keys.json", "revocations.jsonl"].map((name, at) => writeFile(join(trust, name), kept[at] ?? "")),
      );
    }
  },
);

test.each(["missing", "empty", "cut"])(
  "R24, R40: with a list of revocations that is %s no key is believed (TRUST_ROOT_UNSAFE)",
  async (how) => {
    const file = join(blocked.root, "trust/revocations.jsonl");
    const kept = await readFile(file);
    try {
      await rm(file);
      if (how !== "missing") await writeFile(file, how === "empty" ? "" : kept.subarray(0, -1));
      const { result } = await judge(blocked, sealed(recordOf(blocked), planHex(blocked)));
      const codes = new Map(result.checks.map(({ id, code }) => [id, code]));
      expect([codes.get("trust"), codes.get("bundles")]).toEqual(["TRUST_ROOT_UNSAFE", "NOT_RUN"]);
      expect(result.exitCode).toBe(3);
    } finally {
      await writeFile(file, kept);
    }
  },
);

test("a record of a lane that the plan drives, or whose probe succeeded, is contradicted", async () => {
  expect(await judge(driven, sealed(recordOf(driven), planHex(driven)))).toMatchObject({
    gate: "LANE_NA_CONTRADICTED",
    compared: "LANE_NA_CONTRADICTED",
  });
  const record = recordOf(blocked);
  const ran = { ...record, probe: { ...record.probe, exitCode: 0 } };
  expect(await judge(blocked, sealed(ran, planHex(blocked)))).toMatchObject({
    gate: "LANE_NA_CONTRADICTED",
    compared: "LANE_NA_CONTRADICTED",
  });
});
