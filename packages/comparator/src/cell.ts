import type { PlannedFixture, PlannedLane } from "@stage6/evidence-interface";
import type { Code } from "./code.ts";
import { differenceCode, differencesBetween } from "./comparability.ts";
import { MAX_EVIDENCE, type Cell, type CellComponent } from "./comparison.ts";
import type { Dimension } from "./dimension.ts";
import { SCORED_OUTCOMES } from "./dimensions/failure-closure.ts";
import { invariantNames, type JudgedSlot } from "./judge-trial.ts";
import type { Frame } from "./rule.ts";
import { compareRate } from "./rates/compare-rate.ts";
import type { PooledRate } from "./rates/pooled-rates.ts";
import { RATES } from "./rates/trial-rates.ts";
import { compareKinds } from "./sets/compare-kinds.ts";
import { namesAny } from "./closure-names.ts";

/** Candidate and baseline on one fixture: every planned trial of both sides. */
export interface Pair {
  /** Null when the plan does not name the candidate. */
  readonly candidate: PlannedLane | null;
  readonly baseline: PlannedLane;
  readonly fixture: PlannedFixture;
  readonly candidateTrials: readonly JudgedSlot[];
  readonly baselineTrials: readonly JudgedSlot[];
  /** Whether the candidate is planned and left at least one trial anywhere in the plan. */
  readonly candidateAvailable: boolean;
  /** The rates over all fixtures, by component. */
  readonly pooled: ReadonlyMap<string, PooledRate>;
}

/** Verdict of candidate against baseline on one fixture in one dimension. */
export function compareCell(pair: Pair, dimension: Dimension, frame: Frame): Cell {
  const key = { baseline: pair.baseline.lane, fixture: pair.fixture.id, dimension };
  const bare = (verdict: Cell["verdict"], code: Code | null): Cell => ({
    ...key,
    verdict,
    code,
    components: [],
    differences: [],
  });
  if (!pair.candidateAvailable) return bare("inconclusive", "CANDIDATE_UNAVAILABLE");
  if (pair.baseline.state === "blocked") {
    if (pair.baseline.lane === "fake") return bare("invalid", "LANE_NA_INVALID");
    return pair.baseline.reason === null
      ? bare("inconclusive", "LANE_SILENTLY_OMITTED")
      : bare("not-applicable", pair.baseline.reason.code);
  }
  const kinds = compareKinds(pair, dimension, frame.policy);
  const components = [
    ...invariantNames(dimension).map((name) => compareInvariant(name, dimension, pair)),
    ...(kinds === null ? [] : [kinds]),
    ...RATES.flatMap((rule) => {
      const pooled = pair.pooled.get(rule.component);
      return rule.dimension !== dimension || pooled === undefined
        ? []
        : [compareRate(rule, pair, pooled, frame)];
    }),
  ];
  const differences = differencesBetween(pair.candidateTrials, pair.baselineTrials);
  const [verdict, code] = decide(pair, components, differences);
  return { ...key, verdict, code, components, differences };
}

/** The first reason that applies decides; order: invalid, not comparable, worse, inconclusive, then beats or matches. */
function decide(
  pair: Pair,
  components: readonly CellComponent[],
  differences: Cell["differences"],
): [Cell["verdict"], string | null] {
  const contested = [...pair.candidateTrials, ...pair.baselineTrials].some(
    ({ slot }) => slot.state === "contested",
  );
  if (contested) return ["invalid", "EXTRA_TRIAL"];
  if (pair.candidateTrials.some(isInvalid)) return ["invalid", "CANDIDATE_INVALID"];
  if (pair.baselineTrials.some(isInvalid)) return ["invalid", "BASELINE_INVALID"];
  const [difference] = differences;
  if (difference !== undefined) return ["not-comparable", differenceCode(difference)];
  const worse = components.find(({ verdict }) => verdict === "worse");
  if (worse !== undefined) return ["worse", worse.evidence[0]?.code ?? null];
  if (pair.baselineTrials.some(({ slot }) => slot.state === "missing"))
    return ["inconclusive", "MISSING_TRIAL"];
  if (pair.baselineTrials.some(isUnscored)) return ["inconclusive", "BASELINE_NOT_SCORED"];
  const open = components.find(({ verdict }) => verdict === "inconclusive");
  if (open !== undefined) return ["inconclusive", open.evidence[0]?.code ?? null];
  return [components.some(({ verdict }) => verdict === "beats") ? "beats" : "matches", null];
}

function compareInvariant(component: string, dimension: Dimension, pair: Pair): CellComponent {
  const ours = broken(pair.candidateTrials, dimension, component);
  const theirs = broken(pair.baselineTrials, dimension, component);
  const all = [...ours, ...theirs];
  return {
    component,
    kind: "invariant",
    candidateViolations: ours.length,
    baselineViolations: theirs.length,
    verdict: ours.length > 0 ? "worse" : theirs.length > 0 ? "beats" : "matches",
    evidence: all.flatMap(({ evidence }) => evidence).slice(0, MAX_EVIDENCE),
    evidenceTotal: all.reduce((sum, { total }) => sum + total, 0),
  };
}

function broken(trials: readonly JudgedSlot[], dimension: Dimension, component: string) {
  return trials
    .flatMap(({ dimensions }) => dimensions[dimension].get(component) ?? [])
    .filter(({ total }) => total > 0);
}

/** A baseline that did not run, or ran in an unknown version's shape, is no yardstick: beating it would be a free win. */
function isUnscored({ slot }: JudgedSlot): boolean {
  const report = slot.input?.report;
  if (!report) return false;
  return (
    !SCORED_OUTCOMES.includes(report.outcome) ||
    report.claims.driftRecords > 0 ||
    namesAny(report.closure, ["LANE_DRIFT"])
  );
}

const isInvalid = ({ slot }: JudgedSlot): boolean => slot.state === "invalid";
