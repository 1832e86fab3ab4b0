export { type Availability, type ProbeOutput } from "./availability.ts";
export { Fixture } from "./fixture.ts";
export {
  CONTRACT_VERSION,
  type BackendSource,
  type Collect,
  type DraftRaw,
  type EventDraft,
  type Lane,
  type LaneEventType,
  type LaneFile,
  type LanePlan,
  type LaneRequest,
  type NodeProgram,
  type ProcessEnd,
  type Translator,
  type TranslatorContext,
} from "./lane.ts";
export { LineReader, MAX_RECORD_BYTES, type StreamLine } from "./read-lines.ts";
export { Script, ScriptStep, ScriptWrapper, type ScriptedToolCall } from "./script.ts";
