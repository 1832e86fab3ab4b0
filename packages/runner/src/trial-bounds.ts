import type { Observation, Sha256 } from "@stage6/evidence-interface";
import type { StrictFacts } from "./forbidden-actions.ts";
import type { StrictTrial } from "./strict-trial.ts";
import type { TrialSpec } from "./trial-spec.ts";

function faultsOf(strict: StrictTrial | null, spec: TrialSpec): readonly string[] {
  return strict?.faults(spec.trial) ?? ["the trial ended before the bounds stood"];
}

/** The bounds of a trial as its observation states them; `evidence` is the digest of the self-test that was staged. */
export function observedBounds(
  spec: TrialSpec,
  strict: StrictTrial | null,
  evidence: Sha256 | null,
): Observation["bounds"] {
  const { boundsTier: tier, bounds } = spec.plan;
  const requested = bounds?.requested ?? (tier === "strict" ? "strict" : "auto");
  if (tier === "default") {
    const reason = bounds?.reason ?? "the default tier observes and does not confine";
    return { requested, tier, reason, evidence };
  }
  const faults = faultsOf(strict, spec);
  const reason =
    faults.length === 0
      ? "self-test passed before and after"
      : `not proven: ${faults.slice(0, 3).join("; ")}`;
  return { requested, tier, reason, evidence };
}

/** What the strict bounds can vouch for; null in the default tier. */
export function strictFacts(
  spec: TrialSpec,
  strict: StrictTrial | null,
  providerTools: boolean,
): StrictFacts | null {
  if (spec.plan.boundsTier === "default") return null;
  return { faults: faultsOf(strict, spec), providerTools: spec.model.class === "live" && providerTools };
}
