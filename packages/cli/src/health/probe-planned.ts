import type { TrialPlan } from "@stage6/evidence-interface";
import { probeLanes, type ProbePlaces } from "../probe-lanes.ts";
import { readyLanes } from "../ready-lanes.ts";
import { unconfinedNote } from "../unconfined-note.ts";
import { describeError } from "../describe-error.ts";
import type { Found } from "./health-check.ts";

/** Whether every lane of the plan can still be started, with the very backend that the plan pins. */
export async function checkProbes(plan: TrialPlan, places: ProbePlaces): Promise<Found> {
  const wanted = plan.lanes.filter(({ state }) => state === "planned").map(({ lane }) => lane);
  try {
    const found = await probeLanes(wanted, places);
    const unconfined = unconfinedNote(found);
    const ready = readyLanes(plan, found);
    const changed = plan.lanes.filter(
      ({ lane, backendSha256 }) => ready.has(lane) && ready.get(lane)?.backend.sha256 !== backendSha256,
    );
    return changed.length === 0
      ? {
          code: null,
          message: `${wanted.join(", ")} can be started, as planned${unconfined === null ? "" : `; ${unconfined}`}`,
        }
      : {
          code: "LANE_CHANGED",
          message: `another backend than planned: ${changed.map(({ lane }) => lane).join(", ")}`,
        };
  } catch (error) {
    return { code: "LANE_UNAVAILABLE", message: describeError(error).message };
  }
}
