import { CASE_ADAPTER, validateRoot, type GateResult } from "@stage6/validator";
import { CliError } from "./cli-error.ts";
import type { CommandContext } from "./command-context.ts";
import { knownOutside, noteSeen, observeNow, type KnownOutside } from "./open-gate.ts";
import { openRoot } from "./open-root.ts";
import { TOOL } from "./tool.ts";
import type { SourceObservation } from "@stage6/eligibility";
import type { Id } from "@stage6/evidence-interface";

/** The whole gate of the root of a call, with everything that only this program knows: its Case adapter, and the source as it is now. `verifiedFolder`: cache of bundles checked before; null: every bundle is checked. `withoutSource`: whether the source is still so is not asked. */
export async function judgeGate(
  context: CommandContext,
  planId: string | null,
  verifiedFolder: string | null = null,
  withoutSource = false,
): Promise<GateResult> {
  const known = await seenHere(context, planId);
  const result = await validateRoot({
    root: context.root,
    now: context.now,
    caseAdapter: CASE_ADAPTER,
    observations: known.observations,
    ...known.outside,
    withoutSource,
    tool: { ...TOOL, sourceDigest: null },
    ...(planId === null ? {} : { planId }),
    ...(verifiedFolder === null ? {} : { verifiedFolder }),
  });
  if (known.harness !== null && result.journal !== null)
    await noteSeen(context, known.harness, known.outside, result.journal);
  return result;
}

/** A root that is not sound is judged all the same, without a look at the source and with nobody to trust. */
async function seenHere(
  context: CommandContext,
  planId: string | null,
): Promise<{
  readonly observations: readonly SourceObservation[];
  readonly outside: KnownOutside;
  readonly harness: Id | null;
}> {
  try {
    const root = await openRoot(context.root, context.shownRoot, context.now);
    return {
      observations: await observeNow(context, root, planId),
      outside: await knownOutside(context, root.config.id),
      harness: root.config.id,
    };
  } catch (error) {
    if (error instanceof CliError) return { observations: [], outside: {}, harness: null };
    throw error;
  }
}
