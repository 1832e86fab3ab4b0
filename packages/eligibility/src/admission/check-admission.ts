import type { Report, Timestamp, TrialPlan, TrialRef } from "@stage6/evidence-interface";
import { DAY_MS, MAX_AGE_DAYS, spansAtMost } from "../duration.ts";
import { openStatement, type SignedStatement } from "../open-statement.ts";
import { problemIn, type Problem } from "../problem.ts";
import type { RawFile } from "../raw-file.ts";
import { trustedKeysOf, type TrustRoot } from "../trust/trust-root.ts";
import { checkSource } from "./check-source.ts";
import { SourceAdmission, type SourceObservation } from "./source-admission.ts";

/** What admissions are held against. */
export interface AdmissionInput {
  /** Every envelope below `admissions/`. */
  readonly admissions: readonly RawFile[];
  /** Looks at the source; at least one has to be of `now`. */
  readonly observations: readonly SourceObservation[];
  readonly trust: TrustRoot;
  readonly plan: TrialPlan | null;
  /** Reports of the candidate's trials. */
  readonly reports: readonly Report[];
  readonly now: Timestamp;
  /** When each envelope came into the root, by path: an admission counts from then on, whatever date it bears. */
  readonly registeredAt?: ReadonlyMap<string, Timestamp>;
  /** Judge all but whether the source is still so: looks of now count for nothing, and the record says that none was made. */
  readonly withoutSource?: boolean | undefined;
}

/** The admission that a plan rests on. */
export interface AdmissionRecord extends SignedStatement<SourceAdmission> {
  /** Until when the newest review of the same source holds. */
  readonly expiresAt: Timestamp;
  /** Whether the source was looked at now. */
  readonly seenNow: boolean;
}

/**
 * Checks source admissions. A plan rests on the newest one made before it, which has to be the very source that ran and that
 * is there now; without such a one, or without a plan, the newest counts. Whether the source may be used now is for the newest
 * review of the same source: it renews an admission, or ends it.
 */
export function checkAdmission(input: AdmissionInput): {
  readonly record: AdmissionRecord | null;
  readonly problems: readonly Problem[];
} {
  const { plan, trust, now } = input;
  const keys = trustedKeysOf(trust, "admission-reviewer", now);
  const problems: Problem[] = [];
  const read = input.admissions.flatMap((file) => {
    const { signed, problems: found } = openStatement(SourceAdmission, file, keys, "SOURCE_SIGNER");
    problems.push(...found);
    return signed ?? [];
  });
  const newestFirst = read.toSorted((a, b) => (admittedAt(a) < admittedAt(b) ? 1 : -1));
  const own = plan === null ? undefined : newestFirst.find((one) => cameAt(one, input) <= plan.createdAt);
  const admission = own ?? newestFirst[0];
  if (admission === undefined) {
    if (problems.length === 0)
      problems.push(problemIn("admissions", "SOURCE_MISSING", "missing", "no source admission"));
    return { record: null, problems };
  }
  const review = newestFirst.find((one) => sourceOf(one) === sourceOf(admission)) ?? admission;
  const aboutFile =
    (file: string): About =>
    (code, rule, expected, found) =>
      void problems.push(problemIn(file, code, rule, expected, found));
  const about = aboutFile(admission.file);
  checkReview(review, input, aboutFile(review.file));
  checkRuns(admission, input, about);
  checkObservations(admission, newestFirst, input, about);
  const seenNow = input.withoutSource !== true && input.observations.some(isSight);
  const record = { ...admission, expiresAt: review.statement.predicate.expiresAt, seenNow };
  return { record: problems.length === 0 ? record : null, problems };
}

/** What two admissions of one source have in common, as text. */
function sourceOf({ statement: { subject, predicate } }: Admission): string {
  const { repository, form, files, subTrees, prompts, extraFiles, extraFolders } = predicate;
  const { lockfiles, dependencies, runtime, binary } = predicate;
  const beside = { prompts, extraFiles, extraFolders, lockfiles, dependencies, runtime };
  return JSON.stringify([subject, repository, form, files, subTrees, beside, binary.sha256]);
}

type Admission = SignedStatement<SourceAdmission>;
const admittedAt = ({ statement }: Admission): string => statement.predicate.admittedAt;

/** When an admission was there: not before it came into the root. */
function cameAt(one: Admission, { registeredAt }: Pick<AdmissionInput, "registeredAt">): Timestamp {
  const registered = registeredAt?.get(one.file) ?? "";
  return registered > admittedAt(one) ? registered : admittedAt(one);
}

type About = (code: string, rule: string, expected: string, found?: string | null) => void;

/** The document alone: dates, licence, defects, start probe. */
function checkReview({ statement }: Admission, { now }: AdmissionInput, about: About): void {
  const { admittedAt: from, expiresAt, licence, knownDefects, startProbe, upstream } = statement.predicate;
  if (from > now) about("SOURCE_STALE", "future", "admitted in the past", from);
  if (!spansAtMost(from, expiresAt, MAX_AGE_DAYS))
    about("SOURCE_STALE", "span", `expires within ${MAX_AGE_DAYS} days of the admission`, expiresAt);
  if (expiresAt <= now || Date.parse(from) + MAX_AGE_DAYS * DAY_MS <= Date.parse(now))
    about(
      "SOURCE_STALE",
      "expired",
      `younger than ${MAX_AGE_DAYS} days and not expired at ${now}`,
      expiresAt,
    );
  if (licence.verdict === "forbids-use")
    about("SOURCE_MISSING", "licence", "a licence that lets the operator run it", licence.verdict);
  for (const { id } of knownDefects.filter(({ severity }) => severity === "blocking"))
    about("SOURCE_MISSING", "blocking-defect", "no blocking defect", id);
  if (startProbe.verdict !== "started" || startProbe.exitCode !== 0 || startProbe.probedAt > from)
    about(
      "SOURCE_UNPROBED",
      "start-probe",
      "the program was started before the admission, ended with 0 and named its version",
      `${startProbe.verdict} ${startProbe.exitCode ?? "signal"} at ${startProbe.probedAt}`,
    );
  if (upstream.state === "known" && upstream.fetchedAt > now)
    about("SOURCE_STALE", "upstream", "fetched in the past", upstream.fetchedAt);
}

/** The admission against what was planned and what ran. */
function checkRuns(admission: Admission, input: AdmissionInput, about: About): void {
  const { plan, reports } = input;
  const [subject] = admission.statement.subject;
  const { binary } = admission.statement.predicate;
  const from = cameAt(admission, input);
  if (plan === null) return;
  if (subject?.name !== plan.candidate)
    about("SOURCE_MISSING", "candidate", `an admission of ${plan.candidate}`, subject?.name);
  if (from > plan.createdAt)
    about("SOURCE_DRIFT", "order", `admitted before the plan of ${plan.createdAt}`, from);
  const planned = plan.lanes.find(({ lane }) => lane === plan.candidate)?.backendSha256 ?? null;
  if (planned !== binary.sha256)
    about("SOURCE_DRIFT", "plan", `the plan pins the admitted program ${binary.sha256}`, planned ?? "none");
  for (const report of reports) {
    if (report.lane.backendSha256 === binary.sha256) continue;
    const { fixture, number } = report.trial;
    about(
      "SOURCE_DRIFT",
      "run",
      `trial ${fixture}/${number} ran the admitted program ${binary.sha256}`,
      report.lane.backendSha256 ?? "none",
    );
  }
}

/** The admission against the source as it is and as it was around every run. */
function checkObservations(
  admission: Admission,
  all: readonly Admission[],
  { observations, reports, now, withoutSource }: AdmissionInput,
  about: About,
): void {
  const looked = (moment: SourceObservation["moment"], trial: TrialRef | null): boolean =>
    observations.some((one) => one.moment === moment && samePlace(one.trial, trial));
  if (!observations.some(isSight) && withoutSource !== true)
    about("SOURCE_NOT_HERE", "now", "the source can be looked at on this machine: say where it lies");
  for (const { trial, processExit } of reports)
    for (const moment of processExit === null ? [] : (["before-run", "after-run"] as const))
      if (!looked(moment, trial))
        about(
          "SOURCE_MISSING",
          "unobserved",
          `the source was looked at, ${moment} of trial ${trial.fixture}/${trial.number}`,
        );
  for (const seen of observations) {
    if (seen.moment === "now" && (withoutSource === true || !isSight(seen))) continue;
    if (seen.observedAt > now)
      about("SOURCE_STALE", "future", "looked at in the past", `${seen.moment} ${seen.observedAt}`);
    const differences = checkSource(admission.statement, seen);
    const later = all.filter((one) => admittedAt(one) > admittedAt(admission));
    const other = later.find((one) => checkSource(one.statement, seen).length === 0);
    if (seen.moment === "now" && differences.length > 0 && other !== undefined) {
      const admitted = `the source that the plan rests on is there; ${other.file} admits another one, which needs a plan of its own`;
      about("SOURCE_REPLACED", "now", admitted, other.statement.subject[0]?.digest.gitCommit);
      continue;
    }
    for (const { code, rule, expected, found } of differences)
      about(code, rule, `${seen.moment} ${seen.observedAt}: ${expected}`, found);
  }
}

/** A look of now that saw anything at all; one that saw nothing says that the source is elsewhere, not that it changed. */
function isSight({
  moment,
  binarySha256,
  gitCommit,
  gitTree,
  runtimeSha256,
  ...seen
}: SourceObservation): boolean {
  const one = [binarySha256, gitCommit, gitTree, runtimeSha256].some((found) => found !== null);
  const some = [seen.changed, seen.extra, seen.folders, seen.lockfiles].some((found) => found.length > 0);
  return moment === "now" && (one || some);
}

const samePlace = (a: TrialRef | null, b: TrialRef | null): boolean =>
  a === null || b === null
    ? a === b
    : a.planId === b.planId && a.lane === b.lane && a.fixture === b.fixture && a.number === b.number;
