import { sha256 } from "@stage6/evidence-interface";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeChainedLine } from "@stage6/evidence-interface";
import { fileOf } from "../testing/sample-keys.ts";
import { codesOf } from "../testing/codes-of.ts";
import { wholeSample } from "../testing/sample-documents.ts";
import { checkLedger, nextLedgerEntry, type Ledger, type LedgerDraft } from "./check-ledger.ts";

const draft = (at: number, change: Partial<LedgerDraft> = {}): LedgerDraft => ({
  recordType: "rehearsal",
  recordDigest: sha256(`record ${at}`),
  proofDigest: sha256(`proof ${at}`),
  acceptanceDigest: sha256(`acceptance ${at}`),
  revocations: 1,
  recordedAt: `2026-06-0${1 + at}T00:00:00.000Z`,
  ...change,
});

/** Bytes of a ledger of these drafts. */
function written(drafts: readonly LedgerDraft[]): Buffer {
  let bytes = Buffer.of();
  for (const one of drafts) {
    const ledger = checkLedger(fileOf("x", bytes.toString("utf8"))).ledger ?? { entries: [], head: null };
    bytes = Buffer.concat([bytes, writeChainedLine(nextLedgerEntry(ledger, one))]);
  }
  return bytes;
}
const rules = (bytes: Uint8Array): string[] =>
  checkLedger({ path: "eligibility/ledger.jsonl", bytes }).problems.map(
    ({ code, rule }) => `${code} ${rule}`,
  );
const whole = written([draft(0), draft(1), draft(2)]);
const lines = whole.toString("utf8").split("\n").slice(0, -1);
const joined = (...parts: string[]): Buffer => Buffer.from(parts.map((part) => `${part}\n`).join(""));

describe("the ledger", () => {
  it("R40: is a chain; an absent one is empty", () => {
    expect(rules(whole)).toEqual([]);
    expect(checkLedger({ path: "x", bytes: whole }).ledger?.entries.map(({ seq }) => seq)).toEqual([0, 1, 2]);
    expect(checkLedger(null).ledger).toEqual<Ledger>({ entries: [], head: null });
  });

  it.each([
    ["seq", "a line taken out of the middle", joined(lines[0]!, lines[2]!)],
    ["seq", "two lines exchanged", joined(lines[1]!, lines[0]!, lines[2]!)],
    ["seq", "a line twice", joined(lines[0]!, lines[0]!)],
    ["seq", "the first line gone", joined(...lines.slice(1))],
    [
      "chain",
      "an edited line",
      joined(lines[0]!.replace("rehearsal", "candidate-default"), lines[1]!, lines[2]!),
    ],
    ["unended", "a last line without an end", whole.subarray(0, -1)],
    ["unended", "a half line", whole.subarray(0, -40)],
    ["not-json", "an empty line", joined(...lines, "")],
    ["schema", "an activation", joined(lines[0]!.replace('"activation":"none"', '"activation":"default"'))],
    ["schema", "an unknown field", joined(lines[0]!.replace('"schemaVersion"', '"x":1,"schemaVersion"'))],
    ["not-canonical", "white space", joined(lines[0]!.replace(",", ", "))],
    [
      "not-canonical",
      "a carriage return at the end of a line",
      Buffer.from(whole.toString().replace("\n", "\r\n")),
    ],
    ["not-json", "a byte order mark", Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), whole])],
    ["not-utf8", "bytes outside UTF-8", Buffer.concat([whole, Buffer.of(0xff, 0x0a)])],
    [
      "acceptance-twice",
      "an acceptance twice",
      written([draft(0), draft(1, { acceptanceDigest: sha256("acceptance 0") })]),
    ],
    ["time", "time that runs backwards", written([draft(1), draft(0)])],
    ["revocations", "a revocation list that shrank", written([draft(0, { revocations: 2 }), draft(1)])],
  ])("R40: the rule %s refuses %s (LEDGER_BROKEN)", (rule, _, bytes) => {
    expect(rules(bytes)).toEqual([`LEDGER_BROKEN ${rule}`]);
  });

  it("R40: shows every flipped bit before its last line (LEDGER_BROKEN)", () => {
    const before = joined(lines[0]!, lines[1]!).length;
    fc.assert(
      fc.property(fc.nat(before * 8 - 1), (bit) => {
        const copy = Buffer.from(whole);
        copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(rules(copy)).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });

  it("R40: remembers how long the revocation list was, so that it cannot be shortened (TRUST_ROOT_UNSAFE)", () => {
    const { documents } = wholeSample();
    const ledger = { path: "eligibility/ledger.jsonl", bytes: written([draft(0, { revocations: 2 })]) };
    expect(codesOf("ledger", { ...documents, ledger })).toEqual(["TRUST_ROOT_UNSAFE shortened"]);
  });
});
