export { classifyAttempt } from "./attempts/classify-attempt.ts";
export { prepareDecoyRemote, type DecoyRemote } from "./attempts/prepare-decoy-remote.ts";
export { prepareShims } from "./attempts/prepare-shims.ts";
export { shellQuote } from "./attempts/shell-quote.ts";
export type { ShimEntry } from "./attempts/shim-calls.ts";
export { ShimWitness, type WitnessedCalls } from "./attempts/shim-witness.ts";
export { BoundsError, type BoundsErrorCode } from "./bounds-error.ts";
export { compareGitState, type GitStateChange } from "./git-state/compare-git-state.ts";
export { renderGitState, takeGitState, type GitState } from "./git-state/take-git-state.ts";
export {
  compileAllowedPaths,
  type AllowedPaths,
  type CompiledPaths,
  type GlobProblem,
} from "./paths/compile-allowed-paths.ts";
export { escapePath } from "./paths/escaped-path.ts";
export type { Survivor, SurvivorTie } from "./process/find-survivors.ts";
export type { ProcessEnd, ProcessSpec } from "./process/process-spec.ts";
export { RUN_MARKER } from "./process/start-child.ts";
export { superviseProcess } from "./process/supervise-process.ts";
export { checkAllowedRoots, type RootProblem } from "./snapshot/check-allowed-roots.ts";
export { compareSnapshots } from "./snapshot/compare-snapshots.ts";
export { parseSnapshot, type ParsedSnapshot } from "./snapshot/parse-snapshot.ts";
export type { EntryType, SnapshotEntry } from "./snapshot/snapshot-entry.ts";
export type { Snapshot } from "./snapshot/snapshot.ts";
export { digestTree, takeSnapshot, type SnapshotOptions } from "./snapshot/take-snapshot.ts";
export type { TreeState } from "./snapshot/tree-digest.ts";
export { observeSource, type ExtraFolder, type SourceTree } from "./source/observe-source.ts";
export { readSourceFacts, type SourceFacts } from "./source/read-source-facts.ts";
export { dedicatedUser, giveTo } from "./strict/dedicated-user.ts";
export type { NumericUser } from "./strict/launch/launch-program.ts";
export type { Door } from "./strict/open-door.ts";
export {
  probeStrict,
  type StrictDriver,
  type StrictPlaces,
  type StrictProbe,
} from "./strict/probe-strict.ts";
export { ownNamespaces, type NamespaceIds } from "./strict/read-status.ts";
export { runBoundedTool, type BoundedResult } from "./strict/run-bounded-tool.ts";
export { runSelfTest } from "./strict/self-test/run-self-test.ts";
export { testStrictDriver } from "./strict/self-test/test-strict-driver.ts";
export type { StrictMissing, StrictMissingCode } from "./strict/strict-missing.ts";
export type { Mount, StrictProfile } from "./strict/strict-profile.ts";
export { superviseStrict, type StrictEnd } from "./strict/supervise-strict.ts";
export { hardenedGitEnv } from "./tools/hardened-git-env.ts";
export { runTool, type ToolOptions, type ToolResult } from "./tools/run-tool.ts";
