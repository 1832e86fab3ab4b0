import { validateRoot, type GateResult } from "@stage6/validator";
import { caseAdapter } from "./case-adapter.ts";
import { CliError } from "./cli-error.ts";
import type { CommandContext } from "./command-context.ts";
import { founderOf, observeNow } from "./open-gate.ts";
import { openRoot } from "./open-root.ts";
import { TOOL } from "./tool.ts";
import type { SourceObservation } from "@stage6/eligibility";

/** The whole gate of the root of a call, with everything that only this program knows: its Case adapter, and the source as it is now. `verifiedFolder`: cache of bundles checked before; null: every bundle is checked. */
export async function judgeGate(
  context: CommandContext,
  planId: string | null,
  verifiedFolder: string | null = null,
): Promise<GateResult> {
  return validateRoot({
    root: context.root,
    now: context.now,
    caseAdapter: caseAdapter(),
    ...(await seenHere(context, planId)),
    tool: { ...TOOL, sourceDigest: null },
    ...(planId === null ? {} : { planId }),
    ...(verifiedFolder === null ? {} : { verifiedFolder }),
  });
}

/** A root that is not sound is judged all the same, without a look at the source and with nobody to trust. */
async function seenHere(
  context: CommandContext,
  planId: string | null,
): Promise<{ readonly observations: readonly SourceObservation[]; readonly founder?: string }> {
  try {
    const root = await openRoot(context.root, context.shownRoot, context.now);
    return {
      observations: await observeNow(context, root, planId),
      ...(await founderOf(context, root.config.id)),
    };
  } catch (error) {
    if (error instanceof CliError) return { observations: [] };
    throw error;
  }
}
