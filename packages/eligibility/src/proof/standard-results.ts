import type { Comparison } from "@stage6/comparator";
import { digestHex, ShortText, STATEMENT_TYPE, Timestamp, type Sha256 } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { closed, HexSha256, statementOf } from "../schema-parts.ts";
import { CandidateSubject } from "./proof-statement.ts";

/** Predicate type of a test result (in-toto attestation framework). */
export const TEST_RESULT_PREDICATE = "https://in-toto.io/attestation/test-result/v0.1";
/** Predicate type of a Simple Verification Result (in-toto attestation framework). */
export const SVR_PREDICATE = "https://in-toto.io/attestation/svr/v0.1";
/** Who verifies; the version is part of the id, so that changed rules are another verifier. */
export const VERIFIER_ID = "https://stage6.invalid/verifier/v1";

const Tests = Type.Array(ShortText, { maxItems: 64, description: "Dimensions." });

/** Result of one lane in the five dimensions, as an in-toto test result about its sealed bundles. */
export const LaneResult = statementOf(
  TEST_RESULT_PREDICATE,
  Type.Array(
    closed(
      { name: ShortText, digest: closed({ sha256: HexSha256 }, "Digest of the comparison.") },
      "The comparison.",
    ),
    { minItems: 1, maxItems: 1, description: "The comparison that judged the lane." },
  ),
  closed(
    {
      result: Type.Union([Type.Literal("PASSED"), Type.Literal("FAILED")], {
        description: "PASSED when every dimension holds in every planned trial.",
      }),
      configuration: Type.Array(
        closed({ name: ShortText, digest: closed({ sha256: HexSha256 }, "Digest.") }, "A document."),
        { minItems: 1, maxItems: 8, description: "Plan and policy." },
      ),
      passedTests: Tests,
      warnedTests: Tests,
      failedTests: Tests,
    },
    "Result of the lane.",
  ),
  "Result of one lane.",
);
/** Result of one lane in the five dimensions. */
export type LaneResult = Static<typeof LaneResult>;

/** Verdict on the candidate as a Simple Verification Result; a property stands there only when it holds. */
export const CandidateVerdict = statementOf(
  SVR_PREDICATE,
  CandidateSubject,
  closed(
    {
      verifier: closed({ id: Type.Literal(VERIFIER_ID) }, "Who verified."),
      timeCreated: Timestamp,
      properties: Type.Array(Type.String({ pattern: "^STAGE6_[A-Z0-9_]{1,64}$" }), {
        maxItems: 64,
        description: "What holds.",
      }),
    },
    "Verdict on the candidate.",
  ),
  "Verdict on the candidate.",
);
/** Verdict on the candidate as a Simple Verification Result. */
export type CandidateVerdict = Static<typeof CandidateVerdict>;

/** The test result of every lane of a comparison. A blocked lane failed every dimension: absent is not passed. */
export function deriveLaneResults(comparison: Comparison, comparisonDigest: Sha256): readonly LaneResult[] {
  const named = (name: string, digest: Sha256) => ({ name, digest: { sha256: digestHex(digest) } });
  return comparison.lanes.map(({ lane, dimensions }): LaneResult => {
    const name = (dimension: string): string =>
      comparison.evidenceClass === "live" ? dimension : `rehearsal/${dimension}`;
    const passed = dimensions
      .filter(({ state }) => state === "holds")
      .map(({ dimension }) => name(dimension));
    const failed = dimensions
      .filter(({ state }) => state !== "holds")
      .map(({ dimension }) => name(dimension));
    return {
      _type: STATEMENT_TYPE,
      subject: [named(`${comparison.plan.id}/${lane}`, comparisonDigest)],
      predicateType: TEST_RESULT_PREDICATE,
      predicate: {
        result: failed.length === 0 && passed.length > 0 ? "PASSED" : "FAILED",
        configuration: [named("plan", comparison.plan.digest), named("policy", comparison.policyDigest)],
        passedTests: passed,
        warnedTests: [],
        failedTests: failed,
      },
    };
  });
}

/** The verdict on the candidate; without a passed comparison no property of the comparison holds. */
export function deriveVerdict(
  comparison: Comparison,
  subject: CandidateSubject,
  timeCreated: Timestamp,
): CandidateVerdict {
  // A reader of properties must never take a rehearsal for the real thing.
  const lead = comparison.evidenceClass === "live" ? "STAGE6_" : "STAGE6_REHEARSAL_";
  const holds = comparison.cells
    .map(({ dimension }) => dimension)
    .filter((dimension) =>
      comparison.cells.every(
        (cell) =>
          cell.dimension !== dimension || ["beats", "matches", "not-applicable"].includes(cell.verdict),
      ),
    );
  const dimensions = [...new Set(holds)]
    .toSorted()
    .map((one) => `${lead}${one.toUpperCase().replaceAll("-", "_")}`);
  return {
    _type: STATEMENT_TYPE,
    subject,
    predicateType: SVR_PREDICATE,
    predicate: {
      verifier: { id: VERIFIER_ID },
      timeCreated,
      properties: comparison.verdict === "pass" ? [`${lead}COMPARISON_PASSED`, ...dimensions] : [],
    },
  };
}
