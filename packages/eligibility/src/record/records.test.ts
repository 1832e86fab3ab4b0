import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPublicKey } from "node:crypto";
import {
  digestHex,
  keyId,
  openEnvelope,
  sha256,
  validateDocument,
  writeStrictBytes,
} from "@stage6/evidence-interface";
import { afterAll, describe, expect, it } from "vitest";
import type { EligibilityDocuments } from "../decide/documents.ts";
import { decideEligibility } from "../decide/decide-eligibility.ts";
import { writeRecord } from "../fs/write-record.ts";
import { codesOf } from "../testing/codes-of.ts";
import { NOW, sampleAcceptance, signed, wholeSample } from "../testing/sample-documents.ts";
import { fileOf, KEYS } from "../testing/sample-keys.ts";
import { deriveRecord } from "./derive-record.ts";
import { CANDIDATE_LEVEL, EligibilityRecord, RehearsalRecord } from "./eligibility-record.ts";

const made: string[] = [];
afterAll(async () => {
  for (const folder of made) await rm(folder, { recursive: true, force: true });
});
async function recordFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "stage6-record-"));
  made.push(folder);
  return folder;
}

/** The documents of a root with what lies in its eligibility folder. */
async function withFolder(documents: EligibilityDocuments, folder: string): Promise<EligibilityDocuments> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".dsse.json"));
  const read = async (name: string) => ({
    path: `eligibility/${name}`,
    bytes: await readFile(join(folder, name)),
  });
  return { ...documents, ledger: await read("ledger.jsonl"), records: await Promise.all(names.map(read)) };
}

const live = wholeSample("live");
const scripted = wholeSample("scripted");
const recorded = deriveRecord(live.documents, { now: NOW });
if (recorded.statement === null || recorded.draft === null) throw new Error("nothing may be recorded");
const { statement, draft } = recorded;

describe("a record", () => {
  it("R14: of live evidence is a verification summary that activates nothing", () => {
    expect(validateDocument(EligibilityRecord, statement).ok).toBe(true);
    expect(statement).toMatchObject({
      predicateType: "https://slsa.dev/verification_summary/v1",
      subject: [{ name: "case" }],
      predicate: {
        verificationResult: "PASSED",
        verifiedLevels: [CANDIDATE_LEVEL],
        stage6_record: {
          recordType: "candidate-default",
          statement: "candidate only, not active",
          activation: "none",
          enabledByDefault: false,
          scope: "child-local",
          mutationScope: "scoped-real-repo",
          expiresAt: "2026-06-20T00:00:00.000Z",
        },
      },
    });
    expect(statement.predicate.inputAttestations.map(({ uri }) => uri)).toEqual([
      "acceptance",
      "admission",
      "plan",
      "proof",
      "stage5",
    ]);
  });

  it("R19: of scripted evidence is a rehearsal of another type, which states no level", () => {
    const { statement: rehearsal } = deriveRecord(scripted.documents, { now: NOW });
    expect(validateDocument(RehearsalRecord, rehearsal).ok).toBe(true);
    expect(validateDocument(EligibilityRecord, rehearsal).ok).toBe(false);
    expect(rehearsal).toMatchObject({
      predicateType: "https://stage6.invalid/predicate/rehearsal/v1",
      predicate: { verifiedLevels: [] },
    });
  });

  it.each([
    ["R14", "activation", "default"],
    ["R30", "enabledByDefault", true],
    ["R1", "scope", "core"],
    ["R3", "mutationScope", "any"],
    ["R46", "statement", "active"],
  ])("%s: whose %s is %s fits no schema", (_, field, value) => {
    const forged = {
      ...statement,
      predicate: {
        ...statement.predicate,
        stage6_record: { ...statement.predicate.stage6_record, [field]: value },
      },
    };
    expect(validateDocument(EligibilityRecord, forged).ok).toBe(false);
  });

  it("R5: is written with its ledger line, signed by the comparator, and then stands in every later decision", async () => {
    const folder = await recordFolder();
    const lanes = JSON.stringify([...live.documents.lanes].map(([, { bytes }]) => sha256(bytes)));
    const written = await writeRecord(folder, recorded, KEYS.comparator);
    expect(written?.entry).toMatchObject({
      recordType: "candidate-default",
      activation: "none",
      proofDigest: live.digest,
    });
    const comparator = createPublicKey(KEYS.comparator);
    const opened = openEnvelope(
      await readFile(written?.file ?? ""),
      new Map([[keyId(comparator), comparator]]),
    );
    expect(opened.ok).toBe(true);
    const after = await withFolder(live.documents, folder);
    expect(decideEligibility(after, { now: NOW })).toMatchObject({
      verdict: "pass",
      recordType: "candidate-default",
    });
    expect(JSON.stringify([...after.lanes].map(([, { bytes }]) => sha256(bytes)))).toBe(lanes);
    expect(deriveRecord(after, { now: NOW }).statement).toBeNull();
    await expect(writeRecord(folder, recorded, KEYS.comparator)).rejects.toMatchObject({
      code: "ACCEPTANCE_REPLAY",
    });
    expect((await readdir(folder)).toSorted()).toEqual(
      (await readdir(folder)).filter((name) => !name.startsWith(".")).toSorted(),
    );
  });

  it("R5: whose writer was killed between ledger and publication is published by the next call", async () => {
    const folder = await recordFolder();
    const written = await writeRecord(folder, recorded, KEYS.comparator);
    const hex = digestHex(written?.entry.recordDigest ?? "");
    await rename(written?.file ?? "", join(folder, `.${hex}.draft`));
    expect(codesOf("records", await withFolder(live.documents, folder))).toEqual(["RECORD_INVALID absent"]);
    await writeFile(join(folder, `.${"0".repeat(64)}.draft`), "half");
    expect(
      await writeRecord(folder, { ...recorded, statement: null, draft: null }, KEYS.comparator),
    ).toBeNull();
    expect(codesOf("records", await withFolder(live.documents, folder))).toEqual([]);
    expect((await readdir(folder)).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("R20: that no ledger names, or that another role signed, is refused (RECORD_INVALID)", () => {
    const records = [signed("eligibility/x.dsse.json", statement, KEYS.comparator)];
    expect(codesOf("records", { ...live.documents, records })).toEqual(["RECORD_INVALID unlisted"]);
    for (const role of [
      "runner",
      "stage5-validator",
      "admission-reviewer",
      "operator",
      "stranger",
    ] as const) {
      const forged = [signed("eligibility/x.dsse.json", statement, KEYS[role])];
      expect(codesOf("records", { ...live.documents, records: forged })).toEqual(["RECORD_INVALID keyid"]);
    }
  });

  it("R19: of candidate default over scripted evidence is refused, whoever signed it (RECORD_INVALID)", async () => {
    const folder = await recordFolder();
    const rehearsal = deriveRecord(scripted.documents, { now: NOW });
    if (rehearsal.draft === null || rehearsal.statement === null) throw new Error("nothing may be recorded");
    const forged = {
      ...statement,
      predicate: {
        ...statement.predicate,
        inputAttestations: rehearsal.statement.predicate.inputAttestations,
      },
    };
    await writeRecord(
      folder,
      { ...recorded, statement: forged, draft: { ...rehearsal.draft, recordType: "candidate-default" } },
      KEYS.comparator,
    );
    expect(codesOf("records", await withFolder(scripted.documents, folder))).toEqual([
      "RECORD_INVALID grounds",
      "RECORD_INVALID evidence-class",
    ]);
  });

  it.each([
    ["type", { recordType: "rehearsal" }, []],
    ["proof", { proofDigest: sha256("another proof") }, ["RECORD_INVALID unaccepted"]],
    ["acceptance", { acceptanceDigest: sha256("another acceptance") }, []],
  ] as const)(
    "R20: that the ledger has with another %s is refused (RECORD_INVALID)",
    async (rule, change, more) => {
      const folder = await recordFolder();
      await writeRecord(folder, { ...recorded, draft: { ...draft, ...change } }, KEYS.comparator);
      expect(codesOf("records", await withFolder(live.documents, folder))).toEqual([
        `RECORD_INVALID ${rule}`,
        ...more,
      ]);
    },
  );

  describe("made with the comparator's key alone, with a line in the ledger, is refused (RECORD_INVALID)", () => {
    const forge = async (
      change: Partial<typeof statement.predicate.stage6_record>,
      documents: (live: EligibilityDocuments) => EligibilityDocuments = (same) => same,
    ): Promise<readonly string[]> => {
      const folder = await recordFolder();
      const stage6_record = { ...statement.predicate.stage6_record, ...change };
      const forged = { ...statement, predicate: { ...statement.predicate, stage6_record } };
      await writeRecord(folder, { ...recorded, statement: forged as typeof statement }, KEYS.comparator);
      return codesOf("records", documents(await withFolder(live.documents, folder)));
    };

    it.each([
      ["unaccepted", {}, (all: EligibilityDocuments) => ({ ...all, acceptances: new Map() })],
      ["unproven", {}, (all: EligibilityDocuments) => ({ ...all, proofs: [] })],
      ["candidate", { candidate: "codex" }, undefined],
      ["operator", { operator: "operator:other" }, undefined],
      ["expiry", { expiresAt: "2099-01-01T00:00:00.000Z" }, undefined],
      ["grounds", { grounds: { ...statement.predicate.stage6_record.grounds, trials: 9999 } }, undefined],
    ] as const)("R40, R46: %s", async (rule, change, documents) => {
      expect(await forge({}, undefined)).toEqual([]);
      expect(await forge(change, documents)).toEqual([`RECORD_INVALID ${rule}`]);
    });

    it.each([
      ["is a rejection", { document: { decision: "rejected" } }],
      ["another key signed", { key: KEYS.stranger }],
      ["a machine's key signed", { key: KEYS.comparator }],
      ["was signed for the policy", { namespace: "stage6-policy@v1" }],
      ["is not signed", { signature: null }],
    ])("R40, R46: on an acceptance that %s", async (_, change) => {
      const acceptance = sampleAcceptance(live.proof, live.digest, change);
      const digest = sha256(acceptance.document.bytes);
      const attestations = statement.predicate.inputAttestations.map((one) =>
        one.uri === "acceptance" ? { ...one, digest: { sha256: digestHex(digest) } } : one,
      );
      const forged = { ...statement, predicate: { ...statement.predicate, inputAttestations: attestations } };
      const folder = await recordFolder();
      await writeRecord(
        folder,
        { ...recorded, statement: forged, draft: { ...draft, acceptanceDigest: digest } },
        KEYS.comparator,
      );
      const documents = { ...live.documents, acceptances: new Map([[live.digest, [acceptance]]]) };
      expect(codesOf("records", await withFolder(documents, folder))).toEqual(["RECORD_INVALID unaccepted"]);
    });
  });

  it("R5: written one millisecond after the time to judge at is refused (LEDGER_BROKEN)", async () => {
    const folder = await recordFolder();
    await writeRecord(folder, recorded, KEYS.comparator);
    const documents = await withFolder(live.documents, folder);
    expect(codesOf("ledger", documents, { now: "2026-06-04T23:59:59.999Z" })).toEqual([
      "LEDGER_BROKEN future",
    ]);
    expect(codesOf("ledger", documents)).toEqual([]);
  });

  it("R40: of a proof that was accepted by nobody cannot be derived", () => {
    const { documents, proof, digest } = live;
    const rejected = new Map([
      [digest, [sampleAcceptance(proof, digest, { document: { decision: "rejected" } })]],
    ]);
    expect(deriveRecord({ ...documents, acceptances: rejected }, { now: NOW })).toMatchObject({
      statement: null,
      draft: null,
      decision: { verdict: "refused" },
    });
  });

  it("R53: cannot be derived once something it rests on has expired", () => {
    for (const now of ["2026-06-20T00:00:00.000Z", "2026-07-01T00:00:00.000Z", "2027-01-02T00:00:00.000Z"])
      expect(deriveRecord(live.documents, { now }).statement).toBeNull();
  });

  it("R5: is not believed when it says so itself: an earlier decision is no input", () => {
    const claimed = fileOf("eligibility/decision.json", decideEligibility(live.documents, { now: NOW }));
    const records = [{ ...claimed, path: "eligibility/claimed.dsse.json" }];
    expect(codesOf("records", { ...live.documents, records })).toEqual(["RECORD_INVALID envelope"]);
    expect(draft.revocations).toBe(1);
    expect(writeStrictBytes(statement).length).toBeGreaterThan(0);
  });
});
