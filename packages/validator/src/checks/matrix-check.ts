import { REQUIRED_LANES } from "@stage6/comparator";
import type { Timestamp } from "@stage6/evidence-interface";
import { checkCoverage, knownMatrix, type Coverage } from "@stage6/failure-matrix";
import type { GateCheck } from "../gate-check.ts";
import { MATRIX_FILES } from "../matrix/matrix-files.ts";
import { readMatrix } from "../matrix/read-matrix.ts";
import type { HarnessRootView } from "../read-harness-root.ts";
import type { PlanEntry } from "../read-plans.ts";
import type { RootInput } from "../root-input.ts";
import { failedOn, makeCheck, notRun, passed } from "./make-check.ts";

const ID = "failure-matrix";

/** The check of the failure matrix, with what it was judged from. */
export interface MatrixCheck {
  readonly check: GateCheck;
  readonly counts: Coverage["counts"] | null;
  readonly inputs: readonly RootInput[];
}

/** Every cell of the matrix is covered, or blocked with a reason that holds, for the backends that the plan pins. */
export async function matrixCheck(
  root: string,
  view: HarnessRootView,
  selected: PlanEntry | null,
  now: Timestamp,
): Promise<MatrixCheck> {
  const nothing = { counts: null, inputs: [] };
  if (view.trusted === null)
    return { ...nothing, check: notRun(ID, "no bundle can be believed without sound trusted keys") };
  const { matrix, coverage, findings, inputs } = await readMatrix(
    root,
    view.trusted,
    now,
    selected?.plan ?? null,
  );
  if (inputs.length === 0 && findings.every(({ code }) => code === "ARTIFACT_MISSING"))
    return {
      ...nothing,
      check: makeCheck(
        ID,
        "fail",
        "MATRIX_INCOMPLETE",
        `no ${MATRIX_FILES.matrix}; nothing shows which bad states are closed`,
      ),
    };
  if (findings.length > 0) return { counts: null, inputs, check: failedOn(ID, findings, inputs) };
  if (matrix === null || coverage === null)
    return { ...nothing, check: notRun(ID, "the matrix was not read") };
  const { counts } = coverage;
  const text = `${counts.covered} of ${counts.cells} cells covered, ${counts.blocked} blocked, ${counts.open} open, ${counts.wrong} wrong closure`;
  const problems = checkCoverage({
    coverage,
    matrix,
    known: knownMatrix(),
    lanes: [...REQUIRED_LANES],
    candidate: selected?.plan.candidate ?? null,
  });
  const [first] = problems;
  if (first === undefined)
    return {
      counts,
      inputs,
      check: passed(
        ID,
        text,
        inputs.filter(({ role }) => role === "failure-matrix"),
      ),
    };
  const evidence = problems.map(({ code, row, lane, message }) => ({
    path: MATRIX_FILES.matrix,
    what: `${[code, row, lane].filter((part) => part !== null).join(" ")}: ${message}`.slice(0, 1000),
  }));
  // An incomplete coverage and an open row are told apart in the evidence; the check as a whole says incomplete.
  return { counts, inputs, check: makeCheck(ID, "fail", "MATRIX_INCOMPLETE", text, evidence) };
}
