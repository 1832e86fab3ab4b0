export {
  addFixture,
  ownershipRecord,
  seedRepository,
  type FixtureSource,
  type OwnerConsent,
} from "./add-fixture.ts";
export { askModelOnce, type ModelAnswer, type ModelFault, type ModelQuestion } from "./ask-model-once.ts";
export { systemClock, type Clock } from "./clock.ts";
export type { Streak } from "./failure-streak.ts";
export { judgeActions, type ActionFacts, type StrictFacts } from "./forbidden-actions.ts";
export { locateBackend, type BackendPlaces, type LocatedBackend } from "./locate-backend.ts";
export { installationOf } from "./locate-node-program.ts";
export { makePlan, planIntent, sealPlan, type LaneCandidate, type PlanInput } from "./make-plan.ts";
export { ownFixture } from "./own-fixture.ts";
export { probeLane, type ProbedLane } from "./probe-lane.ts";
export { changedTrees, readProtectedTrees, type ProtectedTree } from "./protected-trees.ts";
export { readFixture, type LoadedFixture } from "./read-fixture.ts";
export {
  MAX_ATTEMPTS,
  runPlan,
  trialsOf,
  type ReadyLane,
  type RunPlanInput,
  type RunSummary,
  type TrialProgress,
} from "./run-plan.ts";
export { runBackendTool, type BackendToolLimits, type BackendToolResult } from "./run-backend-tool.ts";
export { startBounds, type StartBounds } from "./start-bounds.ts";
export { runTrial, type TrialEnd } from "./run-trial.ts";
export { RunnerError, type RunnerErrorCode } from "./runner-error.ts";
export { sealStreams, type StreamsInput } from "./seal-streams.ts";
export {
  startScriptedModel,
  type ScriptedModel,
  type ScriptedModelOptions,
} from "./scripted-model/start-scripted-model.ts";
export { makeTrialFolders, removeTrialFolders, type TrialFolders } from "./trial-folders.ts";
export { prepareWorkspace } from "./workspace.ts";
export type { CheckSource, SourceState } from "./source-check.ts";
export type { LiveEndpoint, TrialSpec } from "./trial-spec.ts";
