import type { PlannedLane } from "@stage6/evidence-interface";
import type { Cell, Check } from "../comparison.ts";
import { DIMENSIONS } from "../dimension.ts";
import { evidenceOf } from "../evidence.ts";
import { sortedBy } from "../order.ts";
import { REAL_BASELINES } from "../policy.ts";
import { failed, passed, type Gathered } from "./check.ts";

/** The candidate is planned and left at least one trial. */
export function candidatePresent({ frame, lanes }: Gathered): Check {
  const head = { id: "candidate-present", requirements: ["R31"] };
  const { candidate } = frame.plan;
  const lane = lanes.find((one) => one.lane === candidate);
  if (lane === undefined)
    return failed(head, "CANDIDATE_UNAVAILABLE", `the plan does not name the candidate ${candidate}`);
  if (lane.state === "blocked") {
    const { code, detail, remedy } = lane.reason ?? { code: "no reason", detail: "", remedy: "" };
    return failed(
      head,
      "CANDIDATE_UNAVAILABLE",
      `candidate ${candidate} is blocked, ${code}: ${detail}; next: ${remedy}`,
    );
  }
  if (lane.trials.present === 0)
    return failed(
      head,
      "CANDIDATE_UNAVAILABLE",
      `candidate ${candidate} left none of ${lane.trials.planned} planned trials`,
    );
  return passed(
    head,
    `candidate ${candidate} left ${lane.trials.present} of ${lane.trials.planned} planned trials`,
  );
}

/** Every required lane is planned, or blocked with a reason; fake is never blocked; a blocked lane left no trial. */
export function baselinesPresent({ frame, arrangement }: Gathered): Check {
  const head = { id: "baselines-present", requirements: ["R8", "R18", "R31", "R48", "R56", "R57"] };
  const lanes = sortedBy(frame.plan.lanes, ({ lane }) => lane);
  const fake = lanes.find(({ lane, state }) => lane === "fake" && state === "blocked");
  if (fake !== undefined)
    return failed(
      head,
      "LANE_NA_INVALID",
      "fake is blocked: it is the default validation lane and always applicable",
    );
  const omitted = frame.policy.requiredLanes.filter((name) => !lanes.some(({ lane }) => lane === name));
  if (omitted.length > 0)
    return failed(head, "LANE_SILENTLY_OMITTED", `the plan does not name ${[...omitted].sort().join(", ")}`);
  const blocked = lanes.filter(({ state }) => state === "blocked");
  const silent = blocked.filter(({ reason }) => reason === null).map(({ lane }) => lane);
  if (silent.length > 0)
    return failed(head, "LANE_SILENTLY_OMITTED", `blocked without a reason: ${silent.join(", ")}`);
  const contradicted = blocked
    .filter(({ lane }) => arrangement.extras.some((trial) => trial.lane === lane))
    .map(({ lane }) => lane);
  if (contradicted.length > 0)
    return failed(head, "LANE_NA_CONTRADICTED", `blocked, but trials are there: ${contradicted.join(", ")}`);
  if (blocked.length === 0) return passed(head, "every required lane is planned");
  return {
    ...passed(head, `every required lane is named; blocked: ${blocked.map(reasonText).join("; ")}`),
    evidence: blocked.map(blockedEvidence).slice(0, 10),
  };
}

/** Enough real backends other than the candidate were really compared in all five dimensions. */
export function realBaselines({ frame, cells }: Gathered): Check {
  const head = { id: "real-baselines", requirements: ["R19", "R31", "R57"] };
  const wanted = frame.policy.minRealLanes;
  const real = REAL_BASELINES.filter((lane) => lane !== frame.plan.candidate);
  const compared = real.filter((lane) => reallyCompared(lane, cells));
  const found =
    compared.length === 0
      ? `${real.join(" and ")} ${real.length === 1 ? "was" : "were"} not compared`
      : `compared with ${compared.join(" and ")}`;
  const text = `${found} on every fixture in every dimension; the policy wants at least ${wanted} real baseline${wanted === 1 ? "" : "s"}`;
  return compared.length >= wanted ? passed(head, text) : failed(head, "INSUFFICIENT_COMPARISON", text);
}

/** A cell that was compared on evidence of both sides, even where a rate still needs more trials. */
export function isReal({ verdict, code }: Cell): boolean {
  return verdict === "beats" || verdict === "matches" || verdict === "worse" || code === "RATE_INCONCLUSIVE";
}

function reallyCompared(lane: string, cells: readonly Cell[]): boolean {
  const own = cells.filter(({ baseline }) => baseline === lane);
  return (
    own.every(isReal) && DIMENSIONS.every((dimension) => own.some((cell) => cell.dimension === dimension))
  );
}

const reasonText = ({ lane, reason }: PlannedLane): string => `${lane} (${reason?.code ?? ""})`;
const blockedEvidence = ({ lane, reason }: PlannedLane) =>
  evidenceOf(
    lane,
    null,
    reason?.code ?? "NOT_SELECTED",
    "",
    `${reason?.detail ?? ""}; next: ${reason?.remedy ?? ""}`,
  );
