export { type Availability, probeEnding, type ProbeOutput } from "./availability.ts";
export { CallIds } from "./call-ids.ts";
export { findMisfit, KnownShapes, type Shape } from "./check-shape.ts";
export { claimedPath } from "./claimed-path.ts";
export { compareVersions, untestedNote, versionStanding } from "./compare-versions.ts";
export { type DraftData, drift, messaged, rawOf, unclosed, unread, unrecognized } from "./draft.ts";
export { Fixture } from "./fixture.ts";
export {
  CONTRACT_VERSION,
  MOVED_STATE,
  type BackendSource,
  type Collect,
  type DraftRaw,
  type EventDraft,
  type FixedAnswer,
  type Lane,
  type LaneEventType,
  type LaneFile,
  type LanePlan,
  type LaneRequest,
  type LaneRoles,
  type NodeProgram,
  type ObtainRuntime,
  type ProcessEnd,
  type ProvidedCheckout,
  type ProvidedVariables,
  type Translator,
  type TranslatorContext,
} from "./lane.ts";
export {
  countField,
  exitCodeOf,
  field,
  isRecord,
  type JsonRecord,
  jsonText,
  listField,
  parseRecord,
  recordField,
  recordsField,
  textField,
} from "./read-json.ts";
export { LineReader, MAX_RECORD_BYTES, type StreamLine } from "./read-lines.ts";
export { CommandName, NamedCommand } from "./named-command.ts";
export { isPlainPath } from "./plain-path.ts";
export { shellQuote } from "./shell-quote.ts";
export { short, shorten } from "./short-text.ts";
export { Script, ScriptStep, ScriptWrapper, type ScriptedToolCall } from "./script.ts";
