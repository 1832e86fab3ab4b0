export { type Availability, type ProbeOutput } from "./availability.ts";
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
  type ProcessEnd,
  type ProvidedCheckout,
  type ProvidedVariables,
  type Translator,
  type TranslatorContext,
} from "./lane.ts";
export { LineReader, MAX_RECORD_BYTES, type StreamLine } from "./read-lines.ts";
export { Script, ScriptStep, type ScriptedToolCall } from "./script.ts";
