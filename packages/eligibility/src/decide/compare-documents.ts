import {
  compare,
  exitCodeOf,
  openActions,
  openText,
  type Check,
  type CompareInput,
  type Comparison,
  type TrialInput,
} from "@stage6/comparator";
import { digestHex, sha256, writeStrictBytes, type Report } from "@stage6/evidence-interface";
import type { PolicyRecord } from "../policy/check-policy.ts";
import { problemIn } from "../problem.ts";
import type { EligibilityCheck } from "./eligibility-check.ts";
import { checkOf, notRun } from "./make-check.ts";

/** Every trial of a comparison, those of earlier plans among them. */
function trialsOf(input: CompareInput | null): readonly TrialInput[] {
  return [...(input?.trials ?? []), ...(input?.earlier ?? []).flatMap((one) => one.trials)];
}

/** Every report that could be read. */
export function reportsOf(input: CompareInput | null): readonly Report[] {
  return trialsOf(input).flatMap(({ report }) => report ?? []);
}

/** The comparison made anew, what it was made from, and its checks. */
export interface Compared {
  readonly comparison: Comparison | null;
  readonly input: CompareInput | null;
  readonly checks: readonly EligibilityCheck[];
}

/** Compares anew, with the signed policy and with digests made here; what the caller states of both is not believed. */
export function compareDocuments(
  given: CompareInput | null,
  policy: PolicyRecord | null,
  compareWith: typeof compare = compare,
): Compared {
  if (given === null) {
    const missing = problemIn("plans", "COMPARISON_MISSING", "missing", "no plan, so nothing was compared");
    return { comparison: null, input: null, checks: [checkOf("comparison", [missing], "")] };
  }
  if (policy === null)
    return {
      comparison: null,
      input: null,
      checks: [notRun("comparison", "there is no valid policy to compare by")],
    };
  const { now: _, ...rest } = given;
  const input: CompareInput = {
    ...rest,
    policy: policy.policy,
    policyDigest: policy.digest,
    planDigest: sha256(writeStrictBytes(given.plan)),
    harness: given.plan.harness,
  };
  const comparison = compareWith(input);
  // The check that decided the exit code speaks for the whole, not the first one by name.
  const first = comparison.checks.find((check) => exitCodeOf([check]) === comparison.exitCode);
  const whole = checkOf(
    "comparison",
    [],
    `matches or beats its baselines over ${comparison.cells.filter(({ verdict }) => verdict !== "not-applicable").length} cells`,
  );
  return {
    comparison,
    input,
    checks: [
      comparison.verdict === "pass"
        ? whole
        : {
            ...whole,
            verdict: first?.verdict ?? "fail",
            code: first?.code ?? "COMPARISON_MISSING",
            message: first?.message ?? "the comparison did not pass",
          },
      ...comparison.checks.map(checkOfComparison),
    ],
  };
}

function checkOfComparison({ id, requirements, verdict, code, message, evidence }: Check): EligibilityCheck {
  return {
    id: `compare-${id.replaceAll(".", "-")}`,
    requirements: [...requirements],
    verdict,
    code,
    message,
    evidence: evidence.map(({ trial, bundle, where, what }) => ({
      path: trial,
      ...(bundle === null ? {} : { sha256: bundle }),
      what: where === "" ? what : `${where}: ${what}`.slice(0, 4000),
    })),
  };
}

/**
 * No authority drift: in no trial of any lane did a forbidden action happen. Live evidence has to prove that for each action;
 * what scripted evidence leaves open is said.
 */
export function checkAuthority(input: CompareInput | null, reports: readonly Report[]): EligibilityCheck {
  if (input === null) return notRun("authority", "there is no plan");
  if (reports.length === 0) return notRun("authority", "there is no report to read it from");
  const problems = reports.flatMap(({ trial, boundary }) =>
    boundary.happened.map((action) =>
      problemIn(
        `runs/${trial.planId}/${trial.lane}/${trial.fixture}/${String(trial.number).padStart(3, "0")}`,
        "FORBIDDEN_ACTION_SUCCEEDED",
        "happened",
        "no forbidden action happened",
        action,
      ),
    ),
  );
  const live = input.plan.evidenceClass === "live";
  const open = openActions(trialsOf(input), live);
  if (live && open.length > 0)
    problems.push(
      problemIn(
        `runs/${digestHex(sha256(writeStrictBytes(input.plan))).slice(0, 16)}`,
        "ACTION_UNJUDGED",
        "unproven",
        `live evidence has to prove of each forbidden action that it did not happen; not judged: ${openText(open)}`,
      ),
    );
  const silent = open.length === 0 ? "" : `; not judged: ${openText(open)}`;
  return checkOf(
    "authority",
    problems,
    `no forbidden action was seen to happen in ${reports.length} trials${silent}`,
  );
}
