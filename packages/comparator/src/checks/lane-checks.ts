import type { PlannedLane } from "@stage6/evidence-interface";
import type { Cell, Check } from "../comparison.ts";
import { DIMENSIONS } from "../dimension.ts";
import { evidenceOf } from "../evidence.ts";
import { sortedBy } from "../order.ts";
import { REAL_BASELINES } from "../policy.ts";
import { failed, passed, type Gathered } from "./check.ts";

const CANDIDATE = { id: "candidate-present", requirements: ["R31"] };

/** The candidate is planned. */
export function candidatePlanned({ frame: { plan } }: Gathered): Check {
  const { candidate } = plan;
  const lane = plan.lanes.find((one) => one.lane === candidate);
  if (lane === undefined)
    return failed(CANDIDATE, "CANDIDATE_UNAVAILABLE", `the plan does not name the candidate ${candidate}`);
  if (lane.state === "planned") return passed(CANDIDATE, `the plan drives the candidate ${candidate}`);
  const { code, detail, remedy } = lane.reason ?? { code: "no reason", detail: "", remedy: "" };
  return failed(
    CANDIDATE,
    "CANDIDATE_UNAVAILABLE",
    `candidate ${candidate} is blocked, ${code}: ${detail}; next: ${remedy}`,
  );
}

/** The candidate is planned and left at least one trial. */
export function candidatePresent(gathered: Gathered): Check {
  const planned = candidatePlanned(gathered);
  const { candidate } = gathered.frame.plan;
  const trials = gathered.lanes.find(({ lane }) => lane === candidate)?.trials;
  if (planned.verdict !== "pass" || trials === undefined) return planned;
  if (trials.present === 0)
    return failed(
      CANDIDATE,
      "CANDIDATE_UNAVAILABLE",
      `candidate ${candidate} left none of ${trials.planned} planned trials`,
    );
  return passed(
    CANDIDATE,
    `candidate ${candidate} left ${trials.present} of ${trials.planned} planned trials`,
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

const REAL = { id: "real-baselines", requirements: ["R19", "R31", "R57"] };

/** Enough real backends other than the candidate are driven by the plan. */
export function realBaselinesPlanned({ frame: { plan, policy } }: Gathered): Check {
  const real = realBaselinesOf(plan.candidate);
  const driven = real.filter((name) =>
    plan.lanes.some(({ lane, state }) => lane === name && state === "planned"),
  );
  const text = `the plan drives ${driven.length === 0 ? "none" : driven.join(" and ")} of ${real.join(" and ")}; ${wantedText(policy.minRealLanes)}`;
  return driven.length >= policy.minRealLanes
    ? passed(REAL, text)
    : failed(REAL, "INSUFFICIENT_COMPARISON", text);
}

/** Enough real backends other than the candidate were really compared in all five dimensions. */
export function realBaselines(gathered: Gathered): Check {
  const { frame, cells } = gathered;
  const wanted = frame.policy.minRealLanes;
  const real = realBaselinesOf(frame.plan.candidate);
  const compared = real.filter((lane) => reallyCompared(lane, cells));
  const missing = candidatePresent(gathered);
  const found =
    compared.length > 0
      ? `compared with ${compared.join(" and ")} on every fixture in every dimension`
      : missing.verdict === "pass"
        ? `${real.join(" and ")} ${real.length === 1 ? "was" : "were"} not compared on every fixture in every dimension`
        : `there was no trial of the candidate ${frame.plan.candidate} to compare ${real.join(" and ")} with`;
  const text = `${found}; ${wantedText(wanted)}`;
  return compared.length >= wanted ? passed(REAL, text) : failed(REAL, "INSUFFICIENT_COMPARISON", text);
}

const realBaselinesOf = (candidate: string): string[] => REAL_BASELINES.filter((lane) => lane !== candidate);
const wantedText = (wanted: number): string =>
  `the policy wants at least ${wanted} real baseline${wanted === 1 ? "" : "s"}`;

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
