import type { OwnershipRecord } from "./ownership.ts";

/** What a trial is about to let a lane change. */
export interface OwnedTarget {
  readonly fixture: string;
  readonly baseCommit: string;
  /** Remote that the fixture was made from; null when there was none. */
  readonly origin: string | null;
  readonly allowedPaths: readonly string[];
  /** Commits without a parent, sorted; left out by who has no history at hand. */
  readonly rootCommits?: readonly string[];
}

/**
 * Why a target may not be given to a lane, each reason one line; empty when its record covers it. No record covers nothing.
 * Globs are compared as text: whether one glob is within another is not guessed.
 */
export function checkOwnership(record: OwnershipRecord | null, target: OwnedTarget): string[] {
  if (record === null) return ["there is no ownership record"];
  const { baseCommit, origin, rootCommits } = record.repository;
  const reasons: string[] = [];
  if (record.class !== "owned-noncritical")
    reasons.push(`its class is ${record.class}, only owned-noncritical may be changed`);
  if (record.fixture !== target.fixture)
    reasons.push(`the record is for ${record.fixture}, not for ${target.fixture}`);
  if (baseCommit !== target.baseCommit)
    reasons.push(`the record is for commit ${baseCommit}, the fixture starts from ${target.baseCommit}`);
  if (origin !== target.origin)
    reasons.push(
      `the record is for the repository ${origin ?? "without origin"}, the fixture is from ${target.origin ?? "one without origin"}`,
    );
  if (target.rootCommits !== undefined && target.rootCommits.join(" ") !== rootCommits.join(" "))
    reasons.push("the record names other root commits than the history has");
  const wider = target.allowedPaths.filter((glob) => !record.allowedPaths.includes(glob));
  if (wider.length > 0) reasons.push(`the owner did not agree to changes of ${wider.join(", ")}`);
  return reasons;
}
