import { generateKeyPairSync } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { APPLICABILITY_PREDICATE, applicabilityPath, type ApplicabilityRecord } from "@stage6/comparator";
import { sha256, signStatement, STATEMENT_TYPE, writeStrictBytes } from "@stage6/evidence-interface";
import { testKeys } from "@stage6/evidence-interface/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { GateResult } from "./gate-result.ts";
import { writeSampleRoot, type SampleRoot } from "./testing/sample-root.ts";
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
  for (const now of ["2026-01-20T00:00:00.000Z", "2030-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"])
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
