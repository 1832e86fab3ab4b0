import type { Usage } from "@stage6/evidence-interface";
import { answerUsage } from "./answer-usage.ts";
import { askedCalls } from "./asked-calls.ts";
import { BoundedBytes } from "./bounded-bytes.ts";
import { parseBoundedJson } from "./bounded-json.ts";
import { isEndMarker } from "./end-marker.ts";
import type { ModelApi } from "./model-api.ts";
import type { AskedCall } from "./open-calls.ts";
import { sseReader } from "./sse-reader.ts";

/** Largest answer in one JSON body that is read, bytes; a longer one counts as malformed. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;

/** What a reader tells of an answer. */
export interface AnswerWatch {
  /** The model asked for a tool call. */
  readonly onAsk: (call: AskedCall) => void;
  /** The answer was whole and the provider stated its token counts in it; at most once, before `end` returns. */
  readonly onUsage: (usage: Usage) => void;
}

/** Watches the bytes of one answer as they pass. */
export interface AnswerReader {
  push(chunk: Uint8Array): void;
  /** The answer is over; says whether it was whole: the marker of a stream, or (only when `clean`) a JSON body that parses. Call once. */
  end(clean: boolean): boolean;
}

/** Reader for an answer of this API and `content-type`; tells each tool call the model asks for, and the token counts of a whole answer. Total over any bytes. */
export const answerReader = (api: ModelApi, contentType: string, watch: AnswerWatch): AnswerReader => {
  const calls = askedCalls(api, watch.onAsk);
  const usage = answerUsage(api);
  const end = (whole: boolean): boolean => {
    calls.flush();
    const stated = whole ? usage.stated() : null;
    if (stated !== null) watch.onUsage(stated);
    return whole;
  };
  if (!/^text\/event-stream\b/i.test(contentType)) {
    const body = new BoundedBytes(MAX_JSON_BYTES);
    return {
      push: (chunk) => body.append(chunk),
      end: (clean) => {
        const json = clean && !body.cut ? parseBoundedJson(body.take()) : null;
        if (json !== null) {
          calls.read(json.value);
          usage.read(json.value);
        }
        return end(json !== null);
      },
    };
  }
  let marked = false;
  const events = sseReader((event) => {
    const value = event.truncated ? undefined : parseBoundedJson(event.data)?.value;
    if (value !== undefined) {
      calls.read(value);
      if (!marked) usage.read(value);
    }
    marked ||= isEndMarker(api, event, value);
  });
  return {
    push: (chunk) => events.push(chunk),
    end: () => end(marked),
  };
};
