import {
  deriveReport,
  emptyFacts,
  EventLogChecker,
  foldEvent,
  sha256,
  type Report,
} from "@stage6/evidence-interface";
import { sampleTrial, writeSampleLog } from "@stage6/evidence-interface/testing";
import { describe, expect, it } from "vitest";
import type { LaneStanding, MatrixBlock } from "./block.ts";
import { checkCoverage } from "./check-coverage.ts";
import { cover, type CoverInput } from "./cover.ts";
import type { MatrixEvidence } from "./evidence.ts";
import { knownMatrix } from "./known-matrix.ts";
import { matrixOf } from "./matrix.ts";
import { rowFixture } from "./row-fixture.ts";
import { leavesTrial } from "./injector.ts";
import { waysFor, type FailureRow } from "./row.ts";

const NOW = "2026-02-01T00:00:00.000Z";
const BACKEND = `sha256:${"b".repeat(64)}`;
const standing = (id: string, blocked: LaneStanding["blocked"] = null): LaneStanding => ({
  id,
  blocked,
  adapterVersion: blocked === null ? "1.0.0" : null,
  backendSha256: blocked === null ? BACKEND : null,
});

function sampleReport(): Report {
  const trial = sampleTrial();
  const facts = emptyFacts();
  const checker = new EventLogChecker("events.jsonl", (event) => foldEvent(facts, event));
  checker.push(writeSampleLog(trial.events));
  const report = deriveReport({
    facts,
    events: checker.end(),
    observation: trial.observation,
    observationSha256: sha256(""),
  });
  if (report === null) throw new Error("no report");
  return report;
}
const REPORT = sampleReport();

/** Evidence as a driver would leave it when every way ends as expected. */
function evidenceFor(row: FailureRow, lane: string): MatrixEvidence[] {
  return row.ways.flatMap((way, at): MatrixEvidence[] => {
    if (!way.lanes.includes(lane)) return [];
    const { expected } = way;
    if (!leavesTrial(way.injector) || expected.kind === "codes") {
      const codes = expected.kind === "codes" ? expected.codes : [];
      return [
        {
          kind: "injection",
          row: row.id,
          lane,
          way: at,
          path: `x/${row.id}`,
          sha256: null,
          codes,
          fault: null,
        },
      ];
    }
    const report: Report = {
      ...REPORT,
      fixture: { ...REPORT.fixture, digest: rowFixture(row, at).digest },
      lane: { ...REPORT.lane, adapterVersion: "1.0.0", backendSha256: BACKEND },
      closure: {
        ...REPORT.closure,
        class: expected.closure,
        also: expected.also ?? [],
        processTreeEmpty: expected.closure !== "ORPHAN",
      },
      boundary: {
        ...REPORT.boundary,
        attempted: expected.attempted ?? [],
        violations: (expected.rules ?? []).map((rule) => ({ path: "x", rule })),
      },
    };
    return [{ kind: "trial", lane, path: `runs/${row.id}-${at}`, sha256: null, report, findings: 0 }];
  });
}
const block = (row: string, lane: string, change: Partial<MatrixBlock> = {}): MatrixBlock => ({
  schemaVersion: "1.0",
  row,
  lane,
  reasonCode: "SOURCE_MISSING",
  text: "No Case source was provided on this machine, so nothing can be driven.",
  owner: "operator",
  recordedAt: "2026-01-20T00:00:00.000Z",
  expiresAt: "2026-02-10T00:00:00.000Z",
  ...change,
});

/** The same evidence with another closure, or without a code. */
function spoilt(one: MatrixEvidence): MatrixEvidence {
  if (one.kind === "injection") return { ...one, codes: [] };
  const { report } = one;
  if (report === null) return one;
  const other = report.closure.class === "MODEL_ERROR" ? "TIMEOUT_IDLE" : "MODEL_ERROR";
  return { ...one, report: { ...report, closure: { ...report.closure, class: other } } };
}

const matrix = knownMatrix();
function rowOf(id: string): FailureRow {
  const row = matrix.rows.find((one) => one.id === id);
  if (row === undefined) throw new Error(`no row ${id}`);
  return row;
}
const LANES = ["case", "codex", "fake", "pi"];
const REAL = ["codex", "fake", "pi"];
const blocks = matrix.rows.flatMap((row) => [
  block(row.id, "case"),
  ...row.undrivable.map(({ lane, why }) => block(row.id, lane, { reasonCode: "NOT_DRIVABLE", text: why })),
]);
const WHOLE: CoverInput = {
  matrix,
  blocks,
  evidence: matrix.rows.flatMap((row) => REAL.flatMap((lane) => evidenceFor(row, lane))),
  lanes: [standing("case", "SOURCE_MISSING"), ...REAL.map((id) => standing(id))],
  strict: true,
  now: NOW,
};
const cellOf = (input: Partial<CoverInput>, row: string, lane: string) => {
  const alone = matrixOf(matrix.rows.filter(({ id }) => id === row));
  const found = cover({ ...WHOLE, matrix: alone, ...input }).cells.find((cell) => cell.lane === lane);
  if (found === undefined) throw new Error(`no cell ${row} ${lane}`);
  return found;
};

describe("cover", () => {
  it("closes every cell when all evidence is as expected, and counts them", () => {
    const { counts } = cover(WHOLE);
    expect(counts).toEqual({
      rows: matrix.rows.length,
      cells: matrix.rows.length * 4,
      covered: counts.covered,
      blocked: blocks.length,
      open: 0,
      wrong: 0,
    });
    expect(counts.covered + counts.blocked).toBe(counts.cells);
  });

  const driven = matrix.rows.flatMap((row) =>
    REAL.filter((lane) => waysFor(row, lane).length > 0).map((lane) => ({ row, lane })),
  );

  it.each(driven)("$row.id on $lane: missing evidence leaves it open", ({ row, lane }) => {
    for (const [at] of evidenceFor(row, lane).entries()) {
      const evidence = evidenceFor(row, lane).toSpliced(at, 1);
      expect(cellOf({ evidence }, row.id, lane)).toMatchObject({ state: "open", code: "MATRIX_ROW_OPEN" });
    }
  });

  it.each(driven)("$row.id on $lane: another closure or code is a wrong closure", ({ row, lane }) => {
    expect(cellOf({ evidence: evidenceFor(row, lane) }, row.id, lane).state).toBe("covered");
    for (const [at, one] of evidenceFor(row, lane).entries()) {
      const evidence = evidenceFor(row, lane).with(at, spoilt(one));
      expect(cellOf({ evidence }, row.id, lane)).toMatchObject({
        state: "wrong-closure",
        code: "MATRIX_WRONG_CLOSURE",
      });
    }
  });

  it("reports a hang that was recorded as a model error as a wrong closure", () => {
    const evidence = evidenceFor(rowOf("F03"), "codex").map(spoilt);
    expect(cellOf({ evidence }, "F03", "codex").message).toBe(
      "closure MODEL_ERROR, expected TIMEOUT_IDLE (runs/F03-0)",
    );
  });

  it("lets no good bundle hide a wrong one", () => {
    const wrong = WHOLE.evidence.flatMap((one): MatrixEvidence[] =>
      one.kind === "trial" && one.path === "runs/F03-0" && one.report !== null
        ? [{ ...one, report: { ...one.report, closure: { ...one.report.closure, class: "MODEL_ERROR" } } }]
        : [],
    );
    expect(cellOf({ evidence: [...WHOLE.evidence, ...wrong] }, "F03", "codex").state).toBe("wrong-closure");
  });

  it("takes no bundle with a finding, no process that outlived its trial, and no evidence of another binary", () => {
    const change = (edit: (one: Extract<MatrixEvidence, { kind: "trial" }>) => MatrixEvidence) =>
      WHOLE.evidence.map((one) => (one.kind === "trial" && one.path === "runs/F14-0" ? edit(one) : one));
    const report = (edit: (report: Report) => Report) =>
      change((one) => ({ ...one, report: one.report === null ? null : edit(one.report) }));
    expect(cellOf({ evidence: change((one) => ({ ...one, findings: 1 })) }, "F14", "pi").code).toBe(
      "MATRIX_EVIDENCE_INVALID",
    );
    expect(
      cellOf(
        { evidence: report((one) => ({ ...one, closure: { ...one.closure, processTreeEmpty: false } })) },
        "F14",
        "pi",
      ).code,
    ).toBe("MATRIX_WRONG_CLOSURE");
    expect(
      cellOf(
        { evidence: report((one) => ({ ...one, lane: { ...one.lane, backendSha256: sha256("other") } })) },
        "F14",
        "pi",
      ).code,
    ).toBe("MATRIX_ROW_OPEN");
  });

  it("asks for what the report must hold besides the class", () => {
    const without = (path: string, edit: (report: Report) => Report) =>
      WHOLE.evidence.map((one) =>
        one.kind === "trial" && one.path === path && one.report !== null
          ? { ...one, report: edit(one.report) }
          : one,
      );
    const uncounted = without("runs/F25-0", (one) => ({
      ...one,
      boundary: { ...one.boundary, attempted: ["push"] },
    }));
    expect(cellOf({ evidence: uncounted }, "F25", "codex").state).toBe("wrong-closure");
    const unseen = without("runs/F18-0", (one) => ({
      ...one,
      boundary: { ...one.boundary, violations: [] },
    }));
    expect(cellOf({ evidence: unseen }, "F18", "codex").state).toBe("wrong-closure");
  });
});

describe("blocks", () => {
  const withBlock = (one: MatrixBlock, more: Partial<CoverInput> = {}) =>
    cellOf(
      { blocks: [...blocks.filter(({ row, lane }) => row !== one.row || lane !== one.lane), one], ...more },
      one.row,
      one.lane,
    );

  it("R39: never block a drivable cell away (MATRIX_BLOCK_INVALID)", () => {
    for (const reasonCode of ["NOT_DRIVABLE", "BOUNDS_UNAVAILABLE", "BACKEND_MISSING"] as const)
      expect(withBlock(block("F01", "codex", { reasonCode }))).toMatchObject({
        state: "open",
        code: "MATRIX_BLOCK_INVALID",
      });
    expect(withBlock(block("F01", "fake", { reasonCode: "BACKEND_MISSING" })).code).toBe(
      "MATRIX_BLOCK_INVALID",
    );
  });

  it("R39: hold for the lane's own reason alone (MATRIX_BLOCK_INVALID)", () => {
    expect(withBlock(block("F01", "case")).state).toBe("blocked");
    expect(withBlock(block("F01", "case", { reasonCode: "PROBE_FAILED" })).code).toBe("MATRIX_BLOCK_INVALID");
  });

  it("R39: end with their time, last 30 days at most, do not come from the future and say enough (MATRIX_BLOCK_EXPIRED, MATRIX_BLOCK_INVALID)", () => {
    expect(withBlock(block("F01", "case"), { now: "2026-02-10T00:00:00.000Z" })).toMatchObject({
      state: "open",
      code: "MATRIX_BLOCK_EXPIRED",
    });
    expect(withBlock(block("F01", "case", { expiresAt: "2026-02-19T00:00:00.001Z" })).code).toBe(
      "MATRIX_BLOCK_INVALID",
    );
    expect(withBlock(block("F01", "case", { recordedAt: "2026-02-01T00:00:00.001Z" })).code).toBe(
      "MATRIX_BLOCK_INVALID",
    );
    expect(withBlock(block("F01", "case", { text: " ".repeat(60) })).code).toBe("MATRIX_BLOCK_INVALID");
  });

  it("stand for missing strict bounds only where they are missing and needed", () => {
    const strict = block("F27", "codex", { reasonCode: "BOUNDS_UNAVAILABLE" });
    const evidence = WHOLE.evidence.filter(({ path }) => !path.startsWith("runs/F27"));
    expect(withBlock(strict, { evidence, strict: false }).state).toBe("blocked");
    expect(withBlock(strict, { evidence }).code).toBe("MATRIX_BLOCK_INVALID");
  });
});

describe("checkCoverage", () => {
  const demand = { coverage: cover(WHOLE), matrix, known: matrix, lanes: LANES, candidate: null };

  it("has no problem with a closed matrix", () => expect(checkCoverage(demand)).toEqual([]));

  it("R39, R55: names open rows, a lost row, a lost column and false counts (MATRIX_INCOMPLETE)", () => {
    const open = cover({ ...WHOLE, evidence: [] });
    expect(new Set(checkCoverage({ ...demand, coverage: open }).map(({ code }) => code))).toEqual(
      new Set(["MATRIX_ROW_OPEN"]),
    );
    const fewer = matrixOf(matrix.rows.slice(0, -1));
    expect(
      checkCoverage({ ...demand, matrix: fewer, coverage: cover({ ...WHOLE, matrix: fewer }) }),
    ).toMatchObject([{ code: "MATRIX_INCOMPLETE", row: matrix.rows.at(-1)?.id, message: "the row is gone" }]);
    const lanes = WHOLE.lanes.filter(({ id }) => id !== "pi");
    expect(checkCoverage({ ...demand, coverage: cover({ ...WHOLE, lanes }) })).toHaveLength(
      matrix.rows.length,
    );
    const counts = { ...demand.coverage.counts, open: 1 };
    expect(checkCoverage({ ...demand, coverage: { ...demand.coverage, counts } })).toMatchObject([
      { code: "MATRIX_INCOMPLETE" },
    ]);
  });

  it("R39: does not let the candidate be blocked away as a whole (MATRIX_INCOMPLETE)", () => {
    const problems = checkCoverage({ ...demand, candidate: "case" });
    expect(problems.map(({ code }) => code)).toEqual(matrix.rows.map(() => "MATRIX_INCOMPLETE"));
    expect(checkCoverage({ ...demand, candidate: "codex" })).toEqual([]);
  });
});
