import { sha256, writeStrictBytes, type Sha256 } from "@stage6/evidence-interface";
import { blockProblems, type LaneStanding, type MatrixBlock } from "./block.ts";
import { countCells, type Coverage, type CoverageCell, type MatrixCode } from "./coverage.ts";
import type { InjectionEvidence, MatrixEvidence, TrialEvidence } from "./evidence.ts";
import { leavesTrial } from "./injector.ts";
import { judgeInjection, judgeTrial, type Judgement } from "./judge-evidence.ts";
import type { FailureMatrix } from "./matrix.ts";
import { rowFixture } from "./row-fixture.ts";
import { closuresOf, type FailureRow, type Way } from "./row.ts";

/** Everything that coverage is derived from. */
export interface CoverInput {
  readonly matrix: FailureMatrix;
  readonly blocks: readonly MatrixBlock[];
  readonly evidence: readonly MatrixEvidence[];
  readonly lanes: readonly LaneStanding[];
  /** Whether strict bounds can be had on the machine that was driven. */
  readonly strict: boolean;
  /** Time to judge at. */
  readonly now: string;
}

type Seen = { readonly path: string; readonly sha256: Sha256 | null; readonly judged: Judgement };
const MAX_EVIDENCE = 64;

/** Evidence for one way on one lane: trials by the digest of the way's own fixture, injections by row, lane and way. */
class Evidence {
  readonly #trials = new Map<string, TrialEvidence[]>();
  readonly #injections = new Map<string, InjectionEvidence[]>();

  constructor(evidence: readonly MatrixEvidence[], lanes: readonly LaneStanding[]) {
    const standing = new Map(lanes.map((lane) => [lane.id, lane]));
    for (const one of evidence) {
      if (one.kind === "injection") push(this.#injections, `${one.row} ${one.lane} ${one.way}`, one);
      else if (one.report !== null && isCurrent(one.report.lane, standing.get(one.lane)))
        push(this.#trials, `${one.report.fixture.digest} ${one.lane}`, one);
    }
  }

  of(row: FailureRow, way: Way, lane: string): readonly Seen[] {
    const at = row.ways.indexOf(way);
    if (!leavesTrial(way.injector))
      return (this.#injections.get(`${row.id} ${lane} ${at}`) ?? []).map((one) => ({
        path: one.path,
        sha256: one.sha256,
        judged: judgeInjection(one, way.expected),
      }));
    const { digest } = rowFixture(row, at);
    return (this.#trials.get(`${digest} ${lane}`) ?? []).map((one) => ({
      path: one.path,
      sha256: one.sha256,
      judged: judgeTrial(one, way.expected),
    }));
  }
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Evidence of another adapter or another binary says nothing about the one that is there now. */
function isCurrent(
  lane: { readonly adapterVersion: string; readonly backendSha256: string | null },
  standing: LaneStanding | undefined,
): boolean {
  return (
    standing !== undefined &&
    standing.blocked === null &&
    lane.adapterVersion === standing.adapterVersion &&
    lane.backendSha256 === standing.backendSha256
  );
}

const expectedOf = ({ expected }: Way): readonly string[] =>
  expected.kind === "closure" ? closuresOf(expected) : expected.codes;

function cellOf(input: CoverInput, evidence: Evidence, row: FailureRow, lane: LaneStanding): CoverageCell {
  const ways = row.ways.filter(({ lanes }) => lanes.includes(lane.id));
  const seen = ways.map((way) => evidence.of(row, way, lane.id));
  const all = seen.flat();
  const blocks = input.blocks.filter((block) => block.row === row.id && block.lane === lane.id);
  const [block] = blocks;
  const base = {
    row: row.id,
    lane: lane.id,
    expected: [...new Set(ways.flatMap(expectedOf))],
    found: [...new Set(all.flatMap(({ judged }) => judged.found))].slice(0, MAX_EVIDENCE),
    block: block === undefined ? null : { reasonCode: block.reasonCode, expiresAt: block.expiresAt },
    evidence: all.slice(0, MAX_EVIDENCE).map(({ path, sha256: digest }) => ({ path, sha256: digest })),
  };
  const not = (state: "open" | "wrong-closure", code: MatrixCode, message: string): CoverageCell => ({
    ...base,
    state,
    code,
    message: message.slice(0, 4000),
  });
  const wrong = all.find(({ judged }) => judged.state === "wrong");
  if (wrong?.judged.state === "wrong")
    return not("wrong-closure", "MATRIX_WRONG_CLOSURE", `${wrong.judged.message} (${wrong.path})`);
  const invalid = all.find(({ judged }) => judged.state === "invalid");
  if (invalid?.judged.state === "invalid")
    return not("open", "MATRIX_EVIDENCE_INVALID", `${invalid.judged.message} (${invalid.path})`);
  if (block !== undefined) {
    if (blocks.length > 1) return not("open", "MATRIX_BLOCK_INVALID", "more than one block names this cell");
    const problems = blockProblems(block, row, lane, input.strict, input.now);
    const [first] = problems;
    if (first === undefined) return { ...base, state: "blocked", code: null, message: block.text };
    const expired = problems.length === 1 && Date.parse(block.expiresAt) <= Date.parse(input.now);
    return not(
      "open",
      expired ? "MATRIX_BLOCK_EXPIRED" : "MATRIX_BLOCK_INVALID",
      `the block ${problems.join("; ")}`,
    );
  }
  const missing = ways.filter((_, at) => (seen[at] ?? []).length === 0);
  if (ways.length === 0)
    return not("open", "MATRIX_ROW_OPEN", "no way leads into this cell, and no block says why");
  if (missing.length > 0)
    return not("open", "MATRIX_ROW_OPEN", `${missing.length} of ${ways.length} ways have no evidence`);
  return { ...base, state: "covered", code: null, message: "closed as expected" };
}

/** Coverage of a matrix by evidence: every row on every lane, each closed or not, with the reason. Pure. */
export function cover(input: CoverInput): Coverage {
  const lanes = input.lanes.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const evidence = new Evidence(input.evidence, lanes);
  const cells = input.matrix.rows.flatMap((row) => lanes.map((lane) => cellOf(input, evidence, row, lane)));
  return {
    schemaVersion: "1.0",
    now: input.now,
    matrix: {
      sha256: sha256(writeStrictBytes(input.matrix)),
      head: input.matrix.head,
      rows: input.matrix.rows.length,
    },
    lanes: lanes.map(({ id, blocked, adapterVersion, backendSha256 }) => ({
      lane: id,
      blocked,
      adapterVersion,
      backendSha256,
    })),
    cells,
    counts: countCells(input.matrix.rows.length, cells),
  };
}
