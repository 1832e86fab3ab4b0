import { checkOwnership } from "@stage6/evidence-interface";
import type { LoadedFixture } from "./read-fixture.ts";

/** Why a fixture's target may not be given to a lane, as one text; null when its ownership record covers it. */
export function ownershipFaults(
  { fixture, ownership }: LoadedFixture,
  rootCommits?: readonly string[],
): string | null {
  if (ownership.fault !== null) return ownership.fault;
  const reasons = checkOwnership(ownership.record, {
    fixture: fixture.id,
    baseCommit: fixture.repository.baseCommit,
    origin: fixture.repository.origin ?? null,
    allowedPaths: fixture.allowedPaths,
    ...(rootCommits === undefined ? {} : { rootCommits }),
  });
  return reasons.length === 0 ? null : reasons.join("; ");
}
