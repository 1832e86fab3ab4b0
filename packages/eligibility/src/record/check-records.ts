import Type from "typebox";
import type { Ledger } from "../ledger/check-ledger.ts";
import { openStatement } from "../open-statement.ts";
import { problemIn, type Problem } from "../problem.ts";
import type { ProofRecord } from "../proof/check-proof.ts";
import { recordTypeOn } from "../proof/grounds.ts";
import type { RawFile } from "../raw-file.ts";
import { trustedKeysOf } from "../trust/trust-root.ts";
import { EligibilityRecord, RehearsalRecord } from "./eligibility-record.ts";
import { followsAcceptance, type RecordSources } from "./follows-acceptance.ts";

/** What records are held against. */
export interface RecordsInput extends RecordSources {
  /** Every eligibility/<id>.dsse.json. */
  readonly records: readonly RawFile[];
  readonly ledger: Ledger;
  /** The proof in force, if any. */
  readonly proof: ProofRecord | null;
}

const AnyRecord = Type.Union([EligibilityRecord, RehearsalRecord]);

/** Checks written records: signed by a comparator key, each in the ledger under its own type, and none recorded without a file. */
export function checkRecords(input: RecordsInput): readonly Problem[] {
  const { records, trust, ledger, proof, now } = input;
  const problems: Problem[] = [];
  const keys = trustedKeysOf(trust, "comparator", now);
  const found = new Set<string>();
  for (const file of records) {
    const { signed, problems: unsound } = openStatement(AnyRecord, file, keys, "RECORD_INVALID");
    problems.push(...unsound);
    if (signed === null) continue;
    found.add(signed.digest);
    const add = (rule: string, expected: string, what: string): void =>
      void problems.push(problemIn(file.path, "RECORD_INVALID", rule, expected, what));
    const { stage6_record: record, inputAttestations } = signed.statement.predicate;
    const entry = ledger.entries.find(({ recordDigest }) => recordDigest === signed.digest);
    if (entry === undefined) add("unlisted", "expected a record that stands in the ledger", signed.digest);
    else if (entry.recordType !== record.recordType)
      add("type", `the ledger has it as ${entry.recordType}`, record.recordType);
    const named = inputAttestations.find(({ uri }) => uri === "proof")?.digest.sha256;
    if (entry !== undefined && entry.proofDigest !== `sha256:${named ?? ""}`)
      add("proof", `the ledger has it for the proof ${entry.proofDigest}`, named ?? "none");
    if (entry !== undefined) problems.push(...followsAcceptance(file.path, signed.statement, entry, input));
    if (proof !== null && proof.digest === `sha256:${named ?? ""}`) {
      const type = recordTypeOn(proof.statement.predicate.grounds);
      if (record.recordType !== type)
        add("evidence-class", `the proof's evidence gives a ${type}`, record.recordType);
    }
  }
  for (const { recordDigest, seq } of ledger.entries)
    if (!found.has(recordDigest))
      problems.push(
        problemIn(
          "eligibility",
          "RECORD_INVALID",
          "absent",
          `line ${seq + 1} of the ledger names a record`,
          recordDigest,
        ),
      );
  return problems;
}
