import { digestHex, type Sha256, type Timestamp, type TrialPlan } from "@stage6/evidence-interface";
import { openStatement, type SignedStatement } from "../open-statement.ts";
import { problemIn, type Problem } from "../problem.ts";
import type { RawFile } from "../raw-file.ts";
import { trustedKeysOf, type TrustRoot } from "../trust/trust-root.ts";
import { Stage5Statement } from "./stage5-statement.ts";

/** One record below `stage5/`: its envelope, and the digests of all files of its folder as they were hashed now. */
export interface Stage5Evidence {
  readonly envelope: RawFile;
  /** Digest by path below `stage5/<id>/`. */
  readonly files: ReadonlyMap<string, Sha256>;
}

/** What Stage 5 evidence is held against. */
export interface Stage5Input {
  readonly evidence: readonly Stage5Evidence[];
  readonly trust: TrustRoot;
  /** Git tree of the candidate's admitted source; null when there is no valid admission. */
  readonly gitTree: string | null;
  readonly plan: TrialPlan | null;
  readonly now: Timestamp;
  /** When each envelope came into the root, by path: a record counts from then on, whatever date it bears. */
  readonly registeredAt?: ReadonlyMap<string, Timestamp> | undefined;
}

/** The Stage 5 record that a plan rests on. */
export interface Stage5Record extends SignedStatement<Stage5Statement> {
  /** Until when the newest validation of the same source holds. */
  readonly expiresAt: Timestamp;
}

interface ReadRecord {
  readonly signed: SignedStatement<Stage5Statement>;
  readonly files: ReadonlyMap<string, Sha256>;
}

/**
 * Checks Stage 5 evidence. A plan rests on the newest record that was finished before it; without such a one, or without a
 * plan, the newest counts. The newest record about the same source renews it, or ends it: a later failure cannot be hidden
 * behind an earlier pass. A record that cannot be read is a problem of its own.
 */
export function checkStage5({ evidence, trust, gitTree, plan, now, registeredAt }: Stage5Input): {
  readonly record: Stage5Record | null;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const keys = trustedKeysOf(trust, "stage5-validator", now);
  const read = evidence.flatMap(({ envelope, files }): ReadRecord[] => {
    const { signed, problems: found } = openStatement(Stage5Statement, envelope, keys, "STAGE5_SIGNER");
    problems.push(...found);
    return signed === null ? [] : [{ signed, files }];
  });
  const newestFirst = read.toSorted((a, b) => (finishedAt(a.signed) < finishedAt(b.signed) ? 1 : -1));
  const own =
    plan === null
      ? undefined
      : newestFirst.find(({ signed }) => cameAt(signed, registeredAt) < plan.createdAt);
  const record = own ?? newestFirst[0];
  if (record === undefined) {
    if (problems.length === 0)
      problems.push(problemIn("stage5", "STAGE5_MISSING", "missing", "no Stage 5 validation evidence"));
    return { record: null, problems };
  }
  const tree = ({ signed }: ReadRecord): string => signed.statement.predicate.source.gitTree;
  const newest = newestFirst.find((one) => tree(one) === tree(record)) ?? record;
  problems.push(
    ...checkSoundness(newest, now),
    ...checkPlace(record.signed, { gitTree, plan, registeredAt }),
  );
  if (newest !== record)
    problems.push(...checkSoundness(record, now).filter(({ code }) => code !== "STAGE5_EXPIRED"));
  const { expiresAt } = newest.signed.statement.predicate;
  return { record: problems.length === 0 ? { ...record.signed, expiresAt } : null, problems };
}

const finishedAt = ({ statement }: SignedStatement<Stage5Statement>): string =>
  statement.predicate.finishedAt;

/** When a record was there: not before it came into the root. */
function cameAt(
  signed: SignedStatement<Stage5Statement>,
  registeredAt: Stage5Input["registeredAt"],
): Timestamp {
  const registered = registeredAt?.get(signed.file) ?? "";
  return registered > finishedAt(signed) ? registered : finishedAt(signed);
}

type Add = (code: string, rule: string, expected: string, found?: string) => void;

function adding(file: string, problems: Problem[]): Add {
  return (code, rule, expected, found) => void problems.push(problemIn(file, code, rule, expected, found));
}

/** The record by itself: result, files, times. */
function checkSoundness({ signed: { file, statement }, files }: ReadRecord, now: Timestamp): Problem[] {
  const { result, startedAt, finishedAt: finished, expiresAt } = statement.predicate;
  const problems: Problem[] = [];
  const add = adding(file, problems);
  if (result !== "PASSED") add("STAGE5_FAILED", "result", "the validation has to have passed", result);
  for (const { name, digest } of statement.subject) {
    const actual = files.get(name);
    if (actual === undefined || digestHex(actual) !== digest.sha256)
      add(
        "STAGE5_DIGEST",
        actual === undefined ? "absent" : "digest",
        `expected ${digest.sha256}`,
        `${name} ${actual ?? "missing"}`,
      );
  }
  const listed = new Set(statement.subject.map(({ name }) => name));
  for (const name of files.keys())
    if (!listed.has(name)) add("STAGE5_DIGEST", "unlisted", "the statement names every file", name);
  if (!(startedAt <= finished && finished <= now))
    add("STAGE5_ORDER", "times", "it started, then finished, and both lie in the past", finished);
  if (!(Date.parse(expiresAt) > Date.parse(now)))
    add("STAGE5_EXPIRED", "expiry", "it has expired", expiresAt);
  return problems;
}

/** The record against the plan that rests on it, and the admitted source. */
function checkPlace(
  signed: SignedStatement<Stage5Statement>,
  { gitTree, plan, registeredAt }: Pick<Stage5Input, "gitTree" | "plan" | "registeredAt">,
): Problem[] {
  const { file, statement } = signed;
  const { source } = statement.predicate;
  const finished = cameAt(signed, registeredAt);
  const problems: Problem[] = [];
  const add = adding(file, problems);
  if (plan !== null && finished >= plan.createdAt)
    add(
      "STAGE5_ORDER",
      "plan",
      `it has to be finished, and registered, before the plan of ${plan.createdAt}`,
      finished,
    );
  if (gitTree !== null && source.gitTree !== gitTree)
    add("STAGE5_SOURCE_DRIFT", "tree", `the admitted source is ${gitTree}`, source.gitTree);
  return problems;
}
