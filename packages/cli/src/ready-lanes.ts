import type { TrialPlan } from "@stage6/evidence-interface";
import type { LaneCandidate, ReadyLane } from "@stage6/runner";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";

/** The plan's lanes as they can run now; throws PLAN_MISMATCH when one cannot, or is not the one that was planned. */
export function readyLanes(plan: TrialPlan, found: readonly LaneCandidate[]): ReadonlyMap<string, ReadyLane> {
  const ready = new Map<string, ReadyLane>();
  const remedy = "Bring it back as it was, or run stage6 plan to make a new plan.";
  for (const planned of plan.lanes) {
    if (planned.state !== "planned") continue;
    const now = found.find((one) => (one.kind === "probed" ? one.lane.id : one.id) === planned.lane);
    if (now === undefined || now.kind === "blocked")
      throw new CliError(
        "PLAN_MISMATCH",
        EXIT.refused,
        `lane ${planned.lane} of the plan is not available now`,
        { remedy },
      );
    const { lane, probed } = now;
    if (probed.state === "blocked")
      throw new CliError(
        "PLAN_MISMATCH",
        EXIT.refused,
        `lane ${planned.lane} of the plan is not available now: ${probed.detail}`,
        { remedy },
      );
    if (probed.backend.sha256 !== planned.backendSha256)
      throw new CliError(
        "PLAN_MISMATCH",
        EXIT.refused,
        `the backend of ${planned.lane} is not the one that the plan fixed`,
        { remedy },
      );
    ready.set(planned.lane, { lane, backend: probed.backend, version: probed.version });
  }
  return ready;
}
