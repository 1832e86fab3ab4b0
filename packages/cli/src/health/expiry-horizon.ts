import { judgeDocuments, type EligibilityDocuments } from "@stage6/eligibility";
import type { Timestamp } from "@stage6/evidence-interface";
import type { Found } from "./health-check.ts";

const DAY_MS = 86_400_000;

/** What expires first among keys, admission, Stage 5 evidence and proof, and whether that is further away than the horizon. */
export function checkHorizon(documents: EligibilityDocuments, now: Timestamp, days: number): Found {
  const { trust, admission, stage5, proof } = judgeDocuments(documents, { now });
  const ends: (readonly [string, number])[] = [
    ...(trust?.keys ?? []).map(
      ({ role, validUntil }) => [`the ${role} key`, Date.parse(validUntil)] as const,
    ),
    ...(trust?.signers ?? []).map(
      ({ principal, validBefore }) => [`the key of ${principal}`, validBefore] as const,
    ),
    ...(admission === null ? [] : [["the source admission", Date.parse(admission.expiresAt)] as const]),
    ...(stage5 === null ? [] : [["the Stage 5 evidence", Date.parse(stage5.expiresAt)] as const]),
    ...(proof === null ? [] : [["the proof", Date.parse(proof.statement.predicate.expiresAt)] as const]),
  ];
  const [first] = ends.toSorted(([, a], [, b]) => a - b);
  if (first === undefined) return { code: "EXPIRY_UNKNOWN", message: "nothing that expires could be read" };
  const [what, at] = first;
  const message = `${what} expires first, at ${new Date(at).toISOString()}`;
  return { code: at - Date.parse(now) < days * DAY_MS ? "EXPIRY_NEAR" : null, message };
}
