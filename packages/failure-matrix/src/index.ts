export {
  AVAILABILITY_REASONS,
  blockProblems,
  MATRIX_BLOCK_REASONS,
  MatrixBlock,
  MAX_BLOCK_DAYS,
  type LaneStanding,
  type MatrixBlockReason,
} from "./block.ts";
export { checkCoverage, type CoverageDemand, type CoverageProblem } from "./check-coverage.ts";
export { cover, type CoverInput } from "./cover.ts";
export {
  CELL_STATES,
  countCells,
  Coverage,
  CoverageCell,
  MATRIX_CODES,
  type CellState,
  type MatrixCode,
} from "./coverage.ts";
export type { InjectionEvidence, MatrixEvidence, TrialEvidence } from "./evidence.ts";
export { FailureMatrixError } from "./failure-matrix-error.ts";
export type { TreeFile } from "./git-objects.ts";
export {
  DRILLS,
  GATE_INPUTS,
  InjectedStep,
  Injector,
  leavesTrial,
  type Drill,
  type TrialInjector,
} from "./injector.ts";
export {
  DRILL_PREDICATE,
  DrillStatement,
  injectionFile,
  InjectionRecord,
  wayDigest,
} from "./injection-record.ts";
export { knownMatrix } from "./known-matrix.ts";
export { Layer, LAYERS } from "./layer.ts";
export {
  checkAppendOnly,
  checkMatrix,
  FailureMatrix,
  headOf,
  matrixOf,
  type MatrixProblem,
} from "./matrix.ts";
export { mutate, Mutation, type BundleFiles } from "./mutation.ts";
export { Profile, PROFILE_SETTINGS, PROFILES } from "./profile.ts";
export { rowFixture, type RowFixture } from "./row-fixture.ts";
export { closuresOf, Expected, FailureRow, ReasonCode, RowId, Way, waysFor } from "./row.ts";
