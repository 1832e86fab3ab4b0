import type { FailureRow } from "../row.ts";
import { f01Crash } from "./f01-crash.ts";
import { f02Killed } from "./f02-killed.ts";
import { f03Hang } from "./f03-hang.ts";
import { f04SlowDrip } from "./f04-slow-drip.ts";
import { f05EndlessLoop } from "./f05-endless-loop.ts";
import { f06Orphan } from "./f06-orphan.ts";
import { f07HiddenOrphan } from "./f07-hidden-orphan.ts";
import { f08TruncatedLog } from "./f08-truncated-log.ts";
import { f09MalformedEvent } from "./f09-malformed-event.ts";
import { f10OutOfOrder } from "./f10-out-of-order.ts";
import { f11DuplicateId } from "./f11-duplicate-id.ts";
import { f12AfterTheEnd } from "./f12-after-the-end.ts";
import { f13UnpairedTool } from "./f13-unpaired-tool.ts";
import { f14ForgedSuccess } from "./f14-forged-success.ts";
import { f15MissingArtifact } from "./f15-missing-artifact.ts";
import { f16DigestMismatch } from "./f16-digest-mismatch.ts";
import { f17ExtraArtifact } from "./f17-extra-artifact.ts";
import { f18OutsideWrite } from "./f18-outside-write.ts";
import { f19SymlinkEscape } from "./f19-symlink-escape.ts";
import { f20HardLinkEscape } from "./f20-hard-link-escape.ts";
import { f21RenameOut } from "./f21-rename-out.ts";
import { f22PlantedGitCode } from "./f22-planted-git-code.ts";
import { f23HiddenFromGit } from "./f23-hidden-from-git.ts";
import { f24SpecialFile } from "./f24-special-file.ts";
import { f25ForbiddenAttempt } from "./f25-forbidden-attempt.ts";
import { f26ForbiddenSuccess } from "./f26-forbidden-success.ts";
import { f27Egress } from "./f27-egress.ts";
import { f28SecretInLog } from "./f28-secret-in-log.ts";
import { f29NotUtf8 } from "./f29-not-utf8.ts";
import { f30HugeOutput } from "./f30-huge-output.ts";
import { f31DiskFull } from "./f31-disk-full.ts";
import { f32PartialWrite } from "./f32-partial-write.ts";
import { f33ClockBack } from "./f33-clock-back.ts";
import { f34ReusedTrial } from "./f34-reused-trial.ts";
import { f35WrongBase } from "./f35-wrong-base.ts";
import { f36StaleAdmission } from "./f36-stale-admission.ts";
import { f37ChangedBackend } from "./f37-changed-backend.ts";
import { f38ModelError } from "./f38-model-error.ts";
import { f39RateLimit } from "./f39-rate-limit.ts";
import { f40AuthFailure } from "./f40-auth-failure.ts";
import { f41OtherModel } from "./f41-other-model.ts";
import { f42LaneUnavailable } from "./f42-lane-unavailable.ts";
import { f43ForgedAcceptance } from "./f43-forged-acceptance.ts";
import { f44FutureSchema } from "./f44-future-schema.ts";
import { f45FailedCommand } from "./f45-failed-command.ts";
import { f46EvaluatorExhausted } from "./f46-evaluator-exhausted.ts";
import { f47CriticalReview } from "./f47-critical-review.ts";
import { f48LostEvent } from "./f48-lost-event.ts";
import { f49UnclosedItem } from "./f49-unclosed-item.ts";
import { f50PiConfigInjection } from "./f50-pi-config-injection.ts";
import { f51CodexConfigInjection } from "./f51-codex-config-injection.ts";
import { f52InstructionsInjection } from "./f52-instructions-injection.ts";
import { f53ProviderTool } from "./f53-provider-tool.ts";
import { f54SelfWrittenMarker } from "./f54-self-written-marker.ts";
import { f55StalledStream } from "./f55-stalled-stream.ts";
import { f56DeafToSigterm } from "./f56-deaf-to-sigterm.ts";
import { f57SilentSuccess } from "./f57-silent-success.ts";
import { f58Drift } from "./f58-drift.ts";
import { f59StartupFailure } from "./f59-startup-failure.ts";
import { f60BranchMoved } from "./f60-branch-moved.ts";
import { f61WriteBeside } from "./f61-write-beside.ts";
import { f62HomeChanged } from "./f62-home-changed.ts";
import { f63EditedReport } from "./f63-edited-report.ts";
import { f64BrokenSignature } from "./f64-broken-signature.ts";
import { f65MissingSignature } from "./f65-missing-signature.ts";

/** Every row that this version knows, in the order in which they were added. Append only: a test freezes the running digest. */
export const ROWS: readonly FailureRow[] = [
  f01Crash,
  f02Killed,
  f03Hang,
  f04SlowDrip,
  f05EndlessLoop,
  f06Orphan,
  f07HiddenOrphan,
  f08TruncatedLog,
  f09MalformedEvent,
  f10OutOfOrder,
  f11DuplicateId,
  f12AfterTheEnd,
  f13UnpairedTool,
  f14ForgedSuccess,
  f15MissingArtifact,
  f16DigestMismatch,
  f17ExtraArtifact,
  f18OutsideWrite,
  f19SymlinkEscape,
  f20HardLinkEscape,
  f21RenameOut,
  f22PlantedGitCode,
  f23HiddenFromGit,
  f24SpecialFile,
  f25ForbiddenAttempt,
  f26ForbiddenSuccess,
  f27Egress,
  f28SecretInLog,
  f29NotUtf8,
  f30HugeOutput,
  f31DiskFull,
  f32PartialWrite,
  f33ClockBack,
  f34ReusedTrial,
  f35WrongBase,
  f36StaleAdmission,
  f37ChangedBackend,
  f38ModelError,
  f39RateLimit,
  f40AuthFailure,
  f41OtherModel,
  f42LaneUnavailable,
  f43ForgedAcceptance,
  f44FutureSchema,
  f45FailedCommand,
  f46EvaluatorExhausted,
  f47CriticalReview,
  f48LostEvent,
  f49UnclosedItem,
  f50PiConfigInjection,
  f51CodexConfigInjection,
  f52InstructionsInjection,
  f53ProviderTool,
  f54SelfWrittenMarker,
  f55StalledStream,
  f56DeafToSigterm,
  f57SilentSuccess,
  f58Drift,
  f59StartupFailure,
  f60BranchMoved,
  f61WriteBeside,
  f62HomeChanged,
  f63EditedReport,
  f64BrokenSignature,
  f65MissingSignature,
];
