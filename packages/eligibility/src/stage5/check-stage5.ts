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
}

/** The Stage 5 record in force. */
export type Stage5Record = SignedStatement<Stage5Statement>;

/**
 * Checks Stage 5 evidence. The newest record decides, so that a later failure cannot be hidden behind an earlier pass,
 * and a record that cannot be read is a problem of its own.
 */
export function checkStage5({ evidence, trust, gitTree, plan, now }: Stage5Input): {
  readonly record: Stage5Record | null;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const keys = trustedKeysOf(trust, "stage5-validator", now);
  const read = evidence.flatMap(({ envelope, files }) => {
    const { signed, problems: found } = openStatement(Stage5Statement, envelope, keys, "STAGE5_SIGNER");
    problems.push(...found);
    return signed === null ? [] : [{ signed, files }];
  });
  const [newest] = read.toSorted((a, b) => (finishedAt(a.signed) < finishedAt(b.signed) ? 1 : -1));
  if (newest === undefined) {
    if (problems.length === 0)
      problems.push(problemIn("stage5", "STAGE5_MISSING", "missing", "no Stage 5 validation evidence"));
    return { record: null, problems };
  }
  problems.push(...checkRecord(newest.signed, newest.files, { gitTree, plan, now }));
  return { record: problems.length === 0 ? newest.signed : null, problems };
}

const finishedAt = ({ statement }: Stage5Record): string => statement.predicate.finishedAt;

function checkRecord(
  { file, statement }: Stage5Record,
  files: ReadonlyMap<string, Sha256>,
  { gitTree, plan, now }: Pick<Stage5Input, "gitTree" | "plan" | "now">,
): Problem[] {
  const { result, source, startedAt, finishedAt: finished, expiresAt } = statement.predicate;
  const problems: Problem[] = [];
  const add = (code: string, rule: string, expected: string, found?: string): void =>
    void problems.push(problemIn(file, code, rule, expected, found));
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
  if (plan !== null && finished >= plan.createdAt)
    add("STAGE5_ORDER", "plan", `it has to be finished before the plan of ${plan.createdAt}`, finished);
  if (!(Date.parse(expiresAt) > Date.parse(now)))
    add("STAGE5_EXPIRED", "expiry", "it has expired", expiresAt);
  if (gitTree !== null && source.gitTree !== gitTree)
    add("STAGE5_SOURCE_DRIFT", "tree", `the admitted source is ${gitTree}`, source.gitTree);
  return problems;
}
