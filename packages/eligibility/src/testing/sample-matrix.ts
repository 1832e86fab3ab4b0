import type { Report, TrialPlan } from "@stage6/evidence-interface";
import {
  knownMatrix,
  leavesTrial,
  rowFixture,
  waysFor,
  type FailureRow,
  type MatrixEvidence,
} from "@stage6/failure-matrix";
import type { MatrixDocuments } from "../matrix/check-matrix-coverage.ts";
import { fileOf } from "./sample-keys.ts";

/** A closed failure matrix of the lanes of a plan, as a driver would leave it when every row ends as expected. */
export function sampleMatrix(plan: TrialPlan, report: Report): MatrixDocuments {
  const matrix = knownMatrix();
  const lanes = plan.lanes.map(({ lane }) => lane);
  return {
    matrix: fileOf("matrix/failure-matrix.json", matrix),
    blocks: matrix.rows.flatMap((row) =>
      lanes
        .filter((lane) => waysFor(row, lane).length === 0)
        .map((lane) =>
          fileOf(`matrix/blocked/${row.id}.${lane}.json`, {
            schemaVersion: "1.0",
            row: row.id,
            lane,
            reasonCode: "NOT_DRIVABLE",
            text: "No way leads this lane into this bad state, so that nothing can be driven.",
            owner: "operator:jp",
            recordedAt: "2026-06-01T00:00:00.000Z",
            expiresAt: "2026-06-30T00:00:00.000Z",
          }),
        ),
    ),
    evidence: matrix.rows.flatMap((row) => lanes.flatMap((lane) => evidenceFor(row, lane, plan, report))),
    strict: true,
  };
}

function evidenceFor(row: FailureRow, lane: string, plan: TrialPlan, sample: Report): MatrixEvidence[] {
  const planned = plan.lanes.find((one) => one.lane === lane);
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
          path: `matrix/${row.id}`,
          sha256: null,
          codes,
          fault: null,
        },
      ];
    }
    const report: Report = {
      ...sample,
      fixture: { ...sample.fixture, digest: rowFixture(row, at).digest },
      lane: {
        ...sample.lane,
        adapterVersion: planned?.adapterVersion ?? "",
        backendSha256: planned?.backendSha256 ?? null,
      },
      closure: {
        ...sample.closure,
        class: expected.closure,
        also: expected.also ?? [],
        processTreeEmpty: expected.closure !== "ORPHAN",
      },
      boundary: {
        ...sample.boundary,
        attempted: expected.attempted ?? [],
        violations: (expected.rules ?? []).map((rule) => ({ path: "x", rule })),
      },
    };
    return [{ kind: "trial", lane, path: `runs/${row.id}-${at}`, sha256: null, report, findings: 0 }];
  });
}
