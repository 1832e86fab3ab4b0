import type { PlannedLane } from "@stage6/evidence-interface";
import { MAX_EVIDENCE, type CellComponent } from "../comparison.ts";
import type { Dimension } from "../dimension.ts";
import { slotEvidence } from "../evidence.ts";
import type { JudgedSlot } from "../judge-trial.ts";
import { KIND_PLACES, type KindNeed } from "../kind.ts";
import { byCodeUnit } from "../order.ts";
import type { Policy } from "../policy.ts";

/** Both sides of a set: their lanes and all their planned trials of one fixture. */
export interface KindSides {
  readonly candidate: PlannedLane | null;
  readonly baseline: PlannedLane;
  readonly candidateTrials: readonly JudgedSlot[];
  readonly baselineTrials: readonly JudgedSlot[];
}

const NAMES: Readonly<Record<string, string>> = {
  "report:": "sections-filled",
  "event:": "event-kinds",
  "artifact:": "optional-artifacts",
};

/**
 * The kinds of a dimension as sets: what the baseline left in all its trials, the candidate has to leave in all of its
 * own. Null when the dimension has no set. A kind that only one model class can leave is named, and not compared.
 */
export function compareKinds(sides: KindSides, dimension: Dimension, policy: Policy): CellComponent | null {
  const place = KIND_PLACES[dimension];
  if (place === undefined) return null;
  const { candidateTrials, baselineTrials } = sides;
  const all = policy.kinds.filter(({ kind }) => kind.startsWith(place));
  const bothAsk = asksModel(sides.candidate) && asksModel(sides.baseline);
  const compared = all.filter(({ needs }) => bothAsk || !needs.includes("model"));
  const names = (kinds: readonly { readonly kind: string }[]): string[] =>
    [...new Set(kinds.map(({ kind }) => kind))].sort(byCodeUnit);
  const inAll = (trials: readonly JudgedSlot[]) =>
    compared.filter(({ kind }) => trials.length > 0 && trials.every(({ kinds }) => kinds.has(kind)));
  const ours = inAll(candidateTrials);
  const theirs = inAll(baselineTrials);
  const lacking = theirs.map((one) => ({
    ...one,
    trials: candidateTrials.filter((trial) => lacks(trial, one)),
  }));
  const missing = lacking.filter(({ trials }) => trials.length > 0);
  // A trial in which the kind was not due is no defeat of the baseline either.
  const more = ours.filter((one) => baselineTrials.some((trial) => lacks(trial, one)));
  const evidence = missing.flatMap(({ kind, trials }) =>
    trials.map(({ slot }) =>
      slotEvidence(
        slot,
        "KINDS_MISSING",
        whereOf(kind),
        `${kind} is in no part of this trial, and in every trial of ${sides.baseline.lane}`,
      ),
    ),
  );
  return {
    component: NAMES[place] ?? place,
    kind: "set",
    candidateViolations: new Set(missing.flatMap(({ trials }) => trials)).size,
    baselineViolations: baselineTrials.filter((trial) => more.some((one) => lacks(trial, one))).length,
    verdict: missing.length > 0 ? "worse" : more.length > 0 ? "beats" : "matches",
    kinds: {
      candidate: names(ours),
      baseline: names(theirs),
      missing: names(missing),
      more: names(more),
      notCompared: names(all.filter((one) => !compared.includes(one))),
    },
    evidence: evidence.slice(0, MAX_EVIDENCE),
    evidenceTotal: evidence.length,
  };
}

/** Whether a lane of the plan asks a model at all; a script has none. */
export function asksModel(lane: PlannedLane | null): boolean {
  return lane !== null && lane.model !== null && lane.model.class !== "none";
}

function lacks(
  { kinds, changed }: JudgedSlot,
  { kind, needs }: { readonly kind: string; readonly needs: readonly KindNeed[] },
): boolean {
  return !kinds.has(kind) && (changed || !needs.includes("change"));
}

function whereOf(kind: string): string {
  if (kind.startsWith("event:")) return "events.jsonl";
  return kind.startsWith("artifact:") ? "manifest.json/files" : "report.json";
}
