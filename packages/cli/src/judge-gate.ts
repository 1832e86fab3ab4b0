import { validateRoot, type GateResult } from "@stage6/validator";
import { caseAdapter } from "./case-adapter.ts";
import { CliError } from "./cli-error.ts";
import type { CommandContext } from "./command-context.ts";
import { observeNow } from "./open-gate.ts";
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
    observations: await observations(context, planId),
    tool: { ...TOOL, sourceDigest: null },
    ...(planId === null ? {} : { planId }),
    ...(verifiedFolder === null ? {} : { verifiedFolder }),
  });
}

/** A root that is not sound is judged all the same, without a look at the source. */
async function observations(
  context: CommandContext,
  planId: string | null,
): Promise<readonly SourceObservation[]> {
  try {
    return await observeNow(context, await openRoot(context.root, context.shownRoot), planId);
  } catch (error) {
    if (error instanceof CliError) return [];
    throw error;
  }
}
