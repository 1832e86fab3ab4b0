import { askedCalls } from "./asked-calls.ts";
import { BoundedBytes } from "./bounded-bytes.ts";
import { parseBoundedJson } from "./bounded-json.ts";
import { isEndMarker } from "./end-marker.ts";
import type { ModelApi } from "./model-api.ts";
import type { AskedCall } from "./open-calls.ts";
import { sseReader } from "./sse-reader.ts";

/** Largest answer in one JSON body that is read, bytes; a longer one counts as malformed. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;

/** Watches the bytes of one answer as they pass. */
export interface AnswerReader {
  push(chunk: Uint8Array): void;
  /** The answer is over; says whether it was whole: the marker of a stream, or (only when `clean`) a JSON body that parses. Call once. */
  end(clean: boolean): boolean;
}

/** Reader for an answer of this API and `content-type`; emits each tool call the model asks for. Total over any bytes. */
export const answerReader = (
  api: ModelApi,
  contentType: string,
  emit: (call: AskedCall) => void,
): AnswerReader => {
  const calls = askedCalls(api, emit);
  if (!/^text\/event-stream\b/i.test(contentType)) {
    const body = new BoundedBytes(MAX_JSON_BYTES);
    return {
      push: (chunk) => body.append(chunk),
      end: (clean) => {
        const json = clean && !body.cut ? parseBoundedJson(body.take()) : null;
        if (json !== null) calls.read(json.value);
        calls.flush();
        return json !== null;
      },
    };
  }
  let marked = false;
  const events = sseReader((event) => {
    const value = event.truncated ? undefined : parseBoundedJson(event.data)?.value;
    if (value !== undefined) calls.read(value);
    marked ||= isEndMarker(api, event, value);
  });
  return {
    push: (chunk) => events.push(chunk),
    end: () => {
      calls.flush();
      return marked;
    },
  };
};
