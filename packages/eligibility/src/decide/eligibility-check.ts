import { oneOf, Sha256, ShortText } from "@stage6/evidence-interface";
import Type, { type Static } from "typebox";
import { closed } from "../schema-parts.ts";

/** Checks that the gate itself makes, beside those of the comparison (`compare-*`). Every decision lists each of them. */
export const ELIGIBILITY_CHECKS = {
  trust: ["R20", "R24", "R40"],
  harness: ["R3", "R4", "R14", "R18", "R29", "R30", "R56"],
  contracts: ["R52", "R54", "R55"],
  policy: ["R6", "R13"],
  ownership: ["R15"],
  order: ["R2", "R7", "R8"],
  stage5: ["R2", "R7", "R28", "R51"],
  "source-admission": ["R9", "R38", "R50", "R53"],
  comparison: ["R2", "R5", "R31", "R47", "R58"],
  authority: ["R13", "R41", "R58"],
  "failure-matrix": ["R10", "R27", "R39", "R49", "R55"],
  proof: ["R2", "R5", "R23"],
  "operator-acceptance": ["R12", "R20", "R40"],
  ledger: ["R40"],
  records: ["R1", "R5", "R14", "R46"],
} as const satisfies Readonly<Record<string, readonly string[]>>;
/** Name of a check of the gate itself. */
export type EligibilityCheckId = keyof typeof ELIGIBILITY_CHECKS;

/** One check: what was asked, what came of it, and on which files it rests. */
export const EligibilityCheck = closed(
  {
    id: Type.String({ pattern: "^[a-z][a-z0-9-]{0,63}$", description: "Name of the check." }),
    requirements: Type.Array(Type.String({ pattern: "^R[1-9][0-9]?$" }), {
      maxItems: 58,
      description: "Requirements it proves.",
    }),
    verdict: oneOf(
      ["pass", "fail", "blocked", "not-applicable", "inconclusive"],
      "A check that did not run is `fail` with code NOT_RUN.",
    ),
    code: Type.Union([Type.String({ pattern: "^[A-Z][A-Z0-9_]{2,63}$" }), Type.Null()], {
      description: "Reason code; null when nothing is wrong.",
    }),
    message: ShortText,
    evidence: Type.Array(
      closed(
        {
          path: Type.String({
            maxLength: 8192,
            description: "File, relative to the harness root, or trial.",
          }),
          sha256: Type.Optional(Sha256),
          what: Type.Optional(ShortText),
        },
        "A file behind a verdict, and what is the matter with it.",
      ),
      { maxItems: 1000, description: "Files behind the verdict." },
    ),
  },
  "One check of the gate.",
);
/** One check of the gate. */
export type EligibilityCheck = Static<typeof EligibilityCheck>;
