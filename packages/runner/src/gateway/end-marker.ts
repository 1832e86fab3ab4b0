import { field, text } from "./json-view.ts";
import type { ModelApi } from "./model-api.ts";
import type { SseEvent } from "./sse-reader.ts";

/** Types of the events that end a stream of OpenAI Responses. */
export const RESPONSES_ENDS: ReadonlySet<string> = new Set([
  "response.completed",
  "response.failed",
  "response.incomplete",
]);

/** `type` of an event: from its data, or, when the data is too long to be parsed, from its name or its first field. */
const eventType = (event: SseEvent, value: unknown): string | null => {
  if (!event.truncated) return text(field(value, "type"));
  return (
    text(event.event) ??
    /^\s*\{\s*"type"\s*:\s*"([\w.]{1,64})"/.exec(event.data.toString("latin1", 0, 256))?.[1] ??
    null
  );
};

/** Whether an event is the stream's own end marker; `value` is its parsed data, undefined when it cannot be parsed. */
export const isEndMarker = (api: ModelApi, event: SseEvent, value: unknown): boolean => {
  switch (api) {
    case "responses":
      return RESPONSES_ENDS.has(eventType(event, value) ?? "");
    case "chat":
      return !event.truncated && event.data.toString("latin1", 0, 64).trim() === "[DONE]";
    case "messages":
      return eventType(event, value) === "message_stop";
    case "models":
      return false;
  }
};
