export { AppendError, type AppendErrorCode } from "./append-error.ts";
export { AttemptIntent } from "./attempt-intent.ts";
export { AttemptInterruption, INTERRUPTION_PREDICATE } from "./attempt-interruption.ts";
export {
  BUNDLE_PREDICATE,
  BundleStatement,
  DsseEnvelope,
  STATEMENT_MEDIA_TYPE,
  STATEMENT_TYPE,
} from "./bundle.ts";
export {
  ALLOWED_PROBES,
  boundsFaults,
  BoundsSelfTest,
  SELF_TEST_PROBES,
  selfTestFaults,
  type SelfTestProbe,
  type SelfTestRows,
} from "./bounds-self-test.ts";
export { BUNDLE_FILES, SELF_TEST_FILE } from "./bundle-files.ts";
export { readChainedLines, writeChainedLine, type ChainedLines } from "./chained-lines.ts";
export { JOURNAL_KINDS, JournalEntry, JournalPoint, type JournalKind } from "./journal/journal-entry.ts";
export {
  isSignedBy,
  nextJournalEntry,
  readJournal,
  wentThrough,
  type JournalDraft,
  type ReadJournal,
} from "./journal/journal-line.ts";
export { type BundleInput } from "./bundle-input.ts";
export { checkFiles } from "./check-files.ts";
export { reportDocuments, sealDocuments, type DocumentBytes } from "./seal-documents.ts";
export { checkBundle, type CheckedBundle } from "./check-bundle.ts";
export { checkOwnership, type OwnedTarget } from "./check-ownership.ts";
export { isGitStateViolation, WORK_BRANCH } from "./git-state-rule.ts";
export { deriveReport, type ReportInput } from "./derive-report.ts";
export { digestHex, sha256 } from "./digest.ts";
export {
  keyId,
  openEnvelope,
  preAuthEncoding,
  readEd25519Key,
  signStatement,
  type OpenedEnvelope,
  type TrustedKeys,
} from "./dsse.ts";
export { isSoundEd25519 } from "./ed25519-point.ts";
export { EventLogChecker, type EventLogSummary } from "./event-log-checker.ts";
export { EventLogError, EventLogWriter, type Stamp } from "./event-log-writer.ts";
export { MAX_OPEN } from "./event-rules.ts";
export {
  EVENT_DATA,
  EVENT_SCHEMAS,
  EVENT_SOURCE,
  EVENT_TYPES,
  EventSchema,
  type Event,
  type EventData,
  type EventType,
} from "./event.ts";
export {
  AgentOutcome,
  AnswerEnd,
  RefusalCode,
  ChangeKind,
  EndedBy,
  EventSource,
  RawRef,
  ToolStatus,
  Usage,
} from "./event-parts.ts";
export {
  escapeText,
  escapeWords,
  FINDING_CODES,
  formatFinding,
  MAX_FINDINGS,
  type Finding,
  type FindingCode,
} from "./finding.ts";
export {
  ARTIFACT_ROLES,
  ArtifactRole,
  Manifest,
  ManifestFile,
  MAY_BE_EMPTY,
  REQUIRED_ROLES,
} from "./manifest.ts";
export { proveSegment, SegmentProof, segmentLeaf, verifySegment } from "./segment-proof.ts";
export { splitSegments } from "./split-segments.ts";
export { segmentFile, Withheld, WITHHELD_FILE } from "./withheld.ts";
export { withhold, type WithholdRequest } from "./withhold.ts";
export { oneOf } from "./one-of.ts";
export { ActionVerdict, Change, Observation, PATH_RULES, PathRule, Protected } from "./observation.ts";
export { PROTECTED_KINDS, ProtectedKind } from "./protected-kind.ts";
export { OwnershipClass, OwnershipRecord, OWNERSHIP_CLASSES } from "./ownership.ts";
export {
  AttemptId,
  BoundsRequest,
  BoundsTier,
  BundlePath,
  CommitId,
  Count,
  FORBIDDEN_ACTIONS,
  ForbiddenAction,
  HarnessRef,
  Id,
  Limits,
  ModelClass,
  ModelRef,
  SCHEMA_VERSION,
  SchemaVersion,
  Sha256,
  ShortText,
  Timestamp,
  TrialRef,
} from "./primitives.ts";
export { emptyFacts, foldEvent, type LogFacts } from "./report-fold.ts";
export {
  MAX_DOCUMENT_BYTES,
  parseStrictBytes,
  parseStrictText,
  strictFinding,
  writeStrictBytes,
  type StrictJson,
} from "./strict-json.ts";
export { checkDocument, validateDocument, type SchemaError, type Validated } from "./validate.ts";
export { CLOSURE_CLASSES, ClosureClass, Outcome, OUTCOMES, Report } from "./report.ts";
export {
  BLOCK_REASONS,
  BlockReason,
  PlannedBounds,
  PlannedFixture,
  PlannedLane,
  PlannedTree,
  TrialPlan,
} from "./trial-plan.ts";
