import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { judgeDocuments } from "../decide/judge-documents.ts";
import { writeRecord } from "../fs/write-record.ts";
import { NOW, wholeSample } from "../testing/sample-documents.ts";
import { KEYS } from "../testing/sample-keys.ts";
import { deriveRecord } from "./derive-record.ts";
import { newestDate } from "./newest-date.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stage6-newest-"));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

const { documents } = wholeSample("live");
const judged = judgeDocuments(documents, { now: NOW });
const LATER = "2026-06-04T23:59:59.999Z";

it("R5, R40: a record rests on the newest of proof, acceptance, trust root, revocations and ledger", () => {
  const plain = newestDate(judged, documents);
  expect(plain).toBe(judged.acceptance?.acceptance.acceptedAt);
  if (judged.trust === null || judged.ledger === null || documents.comparison === null)
    throw new TypeError("the sample does not hold");
  const [opened] = judged.trust.revocations;
  if (opened === undefined) throw new TypeError("no revocation");
  const revoked = { ...judged.trust, revocations: [opened, { ...opened, seq: 1, revokedAt: LATER }] };
  expect(newestDate({ ...judged, trust: revoked }, documents)).toBe(LATER);
  const comparison = {
    ...documents.comparison,
    plan: { ...documents.comparison.plan, createdAt: LATER },
  };
  expect(newestDate(judged, { ...documents, comparison })).toBe(LATER);
  const text = Buffer.from(documents.trust.root?.bytes ?? "").toString("utf8");
  const root = {
    path: "trust/root.json",
    bytes: Buffer.from(text.replace(/"signedAt":"[^"]+"/, `"signedAt":"${LATER}"`)),
  };
  expect(newestDate(judged, { ...documents, trust: { ...documents.trust, root } })).toBe(LATER);
});

it("R5, R40: a record that is dated before what it rests on is not written (CLOCK_BEHIND)", async () => {
  const derived = deriveRecord(documents, { now: NOW });
  expect(derived.notBefore).not.toBeNull();
  const behind = { ...derived, notBefore: "2026-06-05T00:00:00.001Z" };
  await expect(writeRecord(join(folder, "eligibility"), behind, KEYS.comparator)).rejects.toMatchObject({
    code: "CLOCK_BEHIND",
  });
  expect(await readdir(join(folder, "eligibility"))).toEqual([]);
  const same = { ...derived, notBefore: NOW };
  expect(await writeRecord(join(folder, "eligibility"), same, KEYS.comparator)).not.toBeNull();
});
