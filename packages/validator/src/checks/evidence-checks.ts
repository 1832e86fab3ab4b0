import { applicabilityPath, type Comparison, type Policy } from "@stage6/comparator";
import { isUnnamedLocal, modelBehind } from "@stage6/eligibility";
import type { Id } from "@stage6/evidence-interface";
import type { StoredComparison } from "../check-stored-comparison.ts";
import type { CollectedTrial } from "../read-trial.ts";
import type { GateCheck, GateEvidence } from "../gate-check.ts";
import type { LostAttempts } from "../list-lost-attempts.ts";
import type { PlanEntry } from "../read-plans.ts";
import { ROOT_FILES } from "../root-files.ts";
import { escapeLong } from "../text.ts";
import { exitCodeOfCheck } from "../verdict-of-checks.ts";
import { failedOn, makeCheck, notRun, passed } from "./make-check.ts";

/** Every bundle below the plan's runs is whole, and nothing else is there. An attempt that left no bundle is a miss: a lane that can lose attempts chooses among them. Interrupted ones are named. */
export function bundlesCheck(trials: readonly CollectedTrial[], attempts: LostAttempts): GateCheck {
  const findings = [...trials.flatMap((trial) => trial.findings), ...attempts.findings];
  if (findings.length > 0)
    return failedOn(
      "bundles",
      findings,
      trials.flatMap(({ inputs }) => inputs),
    );
  const found = trials.filter(({ state }) => state !== "missing").length;
  if (found === 0)
    return makeCheck(
      "bundles",
      "fail",
      "EVIDENCE_MISSING",
      `none of ${trials.length} planned trials left a bundle`,
    );
  const before = trials.filter(({ verifiedBefore }) => verifiedBefore === true).length;
  const how = before === 0 ? "" : `; ${before} of them were checked before and are unchanged`;
  const whole = `${found} of ${trials.length} planned bundles are there, signed and whole${how}`;
  const { lost, interrupted } = attempts;
  if (lost.length > 0)
    return makeCheck(
      "bundles",
      "fail",
      "ATTEMPT_LOST",
      `${whole}, but ${lost.length} announced attempts left none: their trials were begun more than once`,
      lost.map((path) => ({ path, what: "ATTEMPT_LOST announced, and no bundle came from it" })),
    );
  if (interrupted.length === 0) return passed("bundles", whole);
  return makeCheck(
    "bundles",
    "pass",
    null,
    `${whole}; ${interrupted.length} announced attempts were interrupted by the operator`,
    interrupted.map((path) => ({ path, what: "ATTEMPT_INTERRUPTED by the runner's signed word" })),
  );
}

/** The recomputed comparison passes; what keeps it from passing is named. */
export function comparisonCheck(comparison: Comparison): GateCheck {
  const { checks, exitCode, verdict, standing, plan } = comparison;
  if (exitCode === 0)
    return passed(
      "comparison",
      `candidate ${comparison.candidate} matches or beats its baselines in all ${comparedCells(comparison)}`,
    );
  const stopping = checks.filter((check) => exitCodeOfCheck(check) !== 0);
  const gravest = stopping.find((check) => exitCodeOfCheck(check) === exitCode);
  const inconclusive = exitCode === 5;
  // A lost dimension carries the code of the trial's own fault, which would read as unsound evidence here.
  const code = gravest?.code ?? (inconclusive ? "DIMENSION_INCONCLUSIVE" : "DIMENSION_WORSE");
  const text = `verdict ${verdict}, standing ${standing}; ${stopping.length} of ${checks.length} checks do not pass: ${stopping.map((one) => `${one.id} ${one.code ?? ""}`.trim()).join(", ")}`;
  const evidence = stopping.flatMap((check) => check.evidence.map((one) => evidenceOf(one, plan.id)));
  return makeCheck("comparison", inconclusive ? "inconclusive" : "fail", code, text, evidence);
}

/** How many cells were compared; cells of a lane that is not applicable were not. */
function comparedCells({ cells }: Comparison): string {
  const open = cells.filter(({ verdict }) => verdict === "not-applicable");
  const of = [...new Set(open.map(({ baseline }) => baseline))].join(", ");
  return `${cells.length - open.length} cells that were compared${open.length === 0 ? "" : `; ${open.length} of ${of} are not applicable`}`;
}

function evidenceOf(
  { trial, bundle, code, what }: Comparison["checks"][number]["evidence"][number],
  planId: Id,
): GateEvidence {
  const text = escapeLong(`${code} ${trial}: ${what}`, 800);
  if (bundle === null) return { path: `${ROOT_FILES.plans}/${planId}.json`, what: text };
  // What is said of a lane or of a plan as a whole stands in their own documents.
  if (!trial.includes("/")) {
    const lane = code.startsWith("LANE_");
    const path = lane ? applicabilityPath(trial, planId) : `${ROOT_FILES.plans}/${trial}.json`;
    return { path, sha256: bundle, what: text };
  }
  // A trial of an earlier plan carries the id of its own plan in front.
  const place = trial.split("/").length > 3 ? trial : `${planId}/${trial}`;
  return { path: `${ROOT_FILES.runs}/${place}/manifest.json`, sha256: bundle, what: text };
}

/** The comparison that was written down is the one that the evidence gives. */
export function storedCheck({ state, finding, input }: StoredComparison, planId: Id): GateCheck {
  const id = "comparison-stored";
  if (finding !== null) return failedOn(id, [finding], input === null ? [] : [input]);
  if (state === "absent")
    return makeCheck(id, "fail", "COMPARISON_MISSING", `no ${ROOT_FILES.comparisons}/${planId}.json`);
  return passed(id, "the stored comparison equals the recomputed bytes", input === null ? [] : [input]);
}

/** Scripted evidence is a rehearsal, however well it went. */
export function evidenceClassCheck({ plan }: PlanEntry, policy: Policy | null): GateCheck {
  if (plan.evidenceClass === "live" && policy === null)
    return notRun("evidence-class", "without a sound policy no model has an address");
  if (plan.evidenceClass === "live" && policy !== null) {
    const model = modelBehind(plan, policy);
    if (model.address === "none")
      return makeCheck(
        "evidence-class",
        "fail",
        "MODEL_UNNAMED",
        "the policy names no address of the model that the plan's lanes ask (liveModel): a rehearsal only",
      );
    if (isUnnamedLocal(model))
      return makeCheck(
        "evidence-class",
        "fail",
        "MODEL_LOOPBACK",
        "the model answers on this machine, and the policy does not say what serves it (liveModel.localServer): a rehearsal only",
      );
  }
  if (plan.evidenceClass === "live") return passed("evidence-class", "the plan asks for live evidence");
  return makeCheck(
    "evidence-class",
    "fail",
    "EVIDENCE_MISSING",
    "scripted evidence is a rehearsal only; the gate needs a plan with live evidence",
  );
}
