import type { Observation, Report, Timestamp, TrialPlan } from "@stage6/evidence-interface";
import { DAY_MS, MAX_AGE_DAYS, spansAtMost } from "../duration.ts";
import { openStatement, type SignedStatement } from "../open-statement.ts";
import { problemIn, type Problem } from "../problem.ts";
import type { RawFile } from "../raw-file.ts";
import { trustedKeysOf, type TrustRoot } from "../trust/trust-root.ts";
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
  /** Observations of the candidate's trials, from the same sealed bundles; none when left out. */
  readonly sealed?: readonly Observation[];
  readonly now: Timestamp;
}

/** The admission in force. */
export type AdmissionRecord = SignedStatement<SourceAdmission>;

/** Checks source admissions: the newest decides; it has to be signed, fresh, started once, and the very source that ran and that is there now. */
export function checkAdmission(input: AdmissionInput): {
  readonly record: AdmissionRecord | null;
  readonly problems: readonly Problem[];
} {
  const keys = trustedKeysOf(input.trust, "admission-reviewer", input.now);
  const problems: Problem[] = [];
  const read = input.admissions.flatMap((file) => {
    const { signed, problems: found } = openStatement(SourceAdmission, file, keys, "SOURCE_SIGNER");
    problems.push(...found);
    return signed ?? [];
  });
  const [newest] = read.toSorted((a, b) => (admittedAt(a) < admittedAt(b) ? 1 : -1));
  if (newest === undefined) {
    if (problems.length === 0)
      problems.push(problemIn("admissions", "SOURCE_MISSING", "missing", "no source admission"));
    return { record: null, problems };
  }
  const about = (code: string, rule: string, expected: string, found?: string | null): void =>
    void problems.push(problemIn(newest.file, code, rule, expected, found));
  checkReview(newest, input, about);
  checkRuns(newest, input, about);
  checkSealed(newest, input, about);
  checkObservations(newest, input, about);
  return { record: problems.length === 0 ? newest : null, problems };
}

const admittedAt = ({ statement }: AdmissionRecord): string => statement.predicate.admittedAt;

type About = (code: string, rule: string, expected: string, found?: string | null) => void;

/** The document alone: dates, licence, defects, start probe. */
function checkReview({ statement }: AdmissionRecord, { now }: AdmissionInput, about: About): void {
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
function checkRuns({ statement }: AdmissionRecord, { plan, reports }: AdmissionInput, about: About): void {
  const [subject] = statement.subject;
  const { binary, admittedAt: from } = statement.predicate;
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

/** Name of the protected tree under which a sealed trial tells of the source it ran. */
const SOURCE_TREE = "source";

/** The admission against the sealed trials: each of a checkout looked at the source before and after, and found the admitted files. */
function checkSealed(
  { statement }: AdmissionRecord,
  { reports, sealed = [] }: AdmissionInput,
  about: About,
): void {
  const { form, files } = statement.predicate;
  if (form === "binary") return;
  const looks = sealed.map(({ protected: trees }) => trees.find(({ name }) => name === SOURCE_TREE));
  const found = looks.filter((look) => look !== undefined);
  if (found.length < reports.length)
    about(
      "SOURCE_MISSING",
      "unsealed",
      `every trial of the candidate tells of the source it ran, ${reports.length} in all`,
      String(found.length),
    );
  for (const { before, after } of found)
    for (const digest of [before, after])
      if (digest !== files.listSha256)
        about(
          "SOURCE_DRIFT",
          "sealed",
          `a trial ran the admitted files ${files.listSha256}`,
          digest ?? "unreadable",
        );
}

/** The admission against the source as it is and as it was around every run. */
function checkObservations(
  record: AdmissionRecord,
  { observations, plan, now }: AdmissionInput,
  about: About,
): void {
  const { form, binary, extraFiles, lockfiles, runtime } = record.statement.predicate;
  const [subject] = record.statement.subject;
  const moments: readonly SourceObservation["moment"][] =
    plan === null ? ["now"] : ["now", "before-run", "after-run"];
  for (const moment of moments)
    if (!observations.some((one) => one.moment === moment))
      about("SOURCE_MISSING", "unobserved", `the source was looked at, moment ${moment}`);
  for (const seen of observations) {
    const at = `${seen.moment} ${seen.observedAt}`;
    if (seen.observedAt > now) about("SOURCE_STALE", "future", "looked at in the past", at);
    if (seen.binarySha256 !== binary.sha256)
      about(
        "SOURCE_DRIFT",
        "binary",
        `${at}: the program is ${binary.sha256}`,
        seen.binarySha256 ?? "unreadable",
      );
    if (form === "binary") continue;
    if (seen.gitCommit !== subject?.digest.gitCommit || seen.gitTree !== subject.digest.gitTree)
      about("SOURCE_DRIFT", "tree", `${at}: the checkout is the admitted tree`, seen.gitTree ?? "unreadable");
    for (const path of seen.changed)
      about("VENDOR_DIRTY", "changed", `${at}: no file differs from the pin`, path);
    for (const path of seen.extra)
      if (!extraFiles.includes(path)) about("VENDOR_DIRTY", "extra", `${at}: no file beside the pin`, path);
    for (const { path, sha256, authoritative } of lockfiles) {
      const found = seen.lockfiles.find((one) => one.path === path)?.sha256;
      if (authoritative && found !== sha256)
        about("SOURCE_DRIFT", "lockfile", `${at}: ${path} is ${sha256}`, found ?? "missing");
    }
    if (runtime !== null && seen.runtimeSha256 !== runtime.sha256)
      about(
        "SOURCE_DRIFT",
        "runtime",
        `${at}: the runtime is ${runtime.sha256}`,
        seen.runtimeSha256 ?? "missing",
      );
  }
}
