import { probeStrict } from "@stage6/bounds";
import type { BoundsRequest, BoundsTier, PlannedBounds } from "@stage6/evidence-interface";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";

/** The tier a plan fixes, and how it came by it. */
export interface ChosenBounds extends PlannedBounds {
  readonly tier: BoundsTier;
}

/** Chooses the bounds of a plan on this host: what is asked for or, for `auto`, the best that can be had. Throws BOUNDS_UNAVAILABLE with the cure. */
export async function chooseBounds(requested: BoundsRequest): Promise<ChosenBounds> {
  if (requested === "default")
    return { requested, tier: "default", reason: "the default tier was asked for" };
  const probed = await probeStrict();
  if (probed.ok) return { requested, tier: "strict", reason: `bubblewrap ${probed.bwrapVersion}` };
  const { code, detail, cure } = probed;
  if (requested === "auto")
    return { requested, tier: "default", reason: `strict bounds cannot be had (${code}): ${detail}` };
  throw new CliError(
    "BOUNDS_UNAVAILABLE",
    EXIT.refused,
    `strict bounds cannot be had here (${code}): ${detail}`,
    {
      remedy: cure,
    },
  );
}
