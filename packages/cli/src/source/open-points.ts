import type { SourceReview } from "./source-review.ts";

const isBlank = (text: string): boolean => text.trim() === "";

/** What a review leaves open that only a person can say, one sentence each; empty when it is complete. A draft always leaves something open. */
export function openPoints(review: SourceReview): readonly string[] {
  const { reviewer, licence, preparation, lockfiles } = review;
  return [
    ...(isBlank(reviewer) ? ["reviewer: who reviewed the source"] : []),
    ...(isBlank(licence.evidence) ? ["licence.evidence: what the verdict on the licence rests on"] : []),
    ...(preparation.length === 0 || preparation.some(isBlank)
      ? ["preparation: the steps that made the program from the source, at least one"]
      : []),
    ...(lockfiles.length > 0 && !lockfiles.some(({ authoritative }) => authoritative)
      ? ["lockfiles: which of them the preparation reads (authoritative)"]
      : []),
  ];
}
