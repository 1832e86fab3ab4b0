import { Sha256, ShortText } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";

/** Checks of the gate, in the order in which a user meets them. Every result lists each of them. */
export const CHECK_IDS = [
  "root-readable",
  "harness-config",
  "trust",
  "policy",
  "journal",
  "plan-present",
  "bundles",
  "applicability",
  "comparison",
  "comparison-stored",
  "evidence-class",
  "trust-root",
  "policy-signed",
  "contracts",
  "lane-registry",
  "ownership",
  "order",
  "authority",
  "comparison-by-signed-policy",
  "source-admission",
  "stage5",
  "failure-matrix",
  "proof",
  "operator-acceptance",
  "ledger",
  "records",
] as const;
/** One check of the gate. */
export type CheckId = (typeof CHECK_IDS)[number];

/** Most facts one check lists; `counts.findings` has the whole number. */
export const MAX_CHECK_EVIDENCE = 1000;

/** A file behind the verdict of a check. */
export const GateEvidence = Type.Object(
  {
    path: Type.String({ maxLength: 8192, description: "Path relative to the harness root, escaped." }),
    sha256: Type.Optional(Sha256),
    what: Type.Optional(ShortText),
  },
  { additionalProperties: false, description: "A file behind a verdict, and what is the matter with it." },
);
/** A file behind the verdict of a check. */
export type GateEvidence = Static<typeof GateEvidence>;

const word = (value: "pass" | "fail" | "blocked" | "not-applicable" | "inconclusive") => Type.Literal(value);

/** One check of the gate. */
export const GateCheck = Type.Object(
  {
    id: Type.String({ pattern: "^[a-z][a-z0-9-]{0,63}$", description: "Name of the check." }),
    requirements: Type.Array(Type.String({ pattern: "^R[1-9][0-9]?$" }), {
      maxItems: 58,
      description: "Requirements it proves.",
    }),
    verdict: Type.Union(
      [word("pass"), word("fail"), word("blocked"), word("not-applicable"), word("inconclusive")],
      {
        description: "A check that did not run is `fail` with code NOT_RUN.",
      },
    ),
    code: Type.Union([Type.String({ pattern: "^[A-Z][A-Z0-9_]{2,63}$" }), Type.Null()], {
      description: "Reason code; null when nothing is wrong.",
    }),
    message: ShortText,
    evidence: Type.Array(GateEvidence, {
      maxItems: MAX_CHECK_EVIDENCE,
      description: "Files behind the verdict.",
    }),
  },
  { additionalProperties: false, description: "One check of the gate." },
);
/** One check of the gate. */
export type GateCheck = Static<typeof GateCheck>;
