import { parseBoundedJson } from "./bounded-json.ts";
import { field, text } from "./json-view.ts";
import { sseReader } from "./sse-reader.ts";

/** Longest model id that is shown, UTF-16 units. */
const MAX_ID = 200;

/** The model that an answer of any API says it is of, a JSON body or an event stream; null when it names none. Total. */
export const namedModel = (body: Uint8Array): string | null => {
  const whole = parseBoundedJson(body);
  if (whole !== null) return modelIn(whole.value);
  let named: string | null = null;
  const events = sseReader(({ data, truncated }) => {
    named ??= truncated ? null : modelIn(parseBoundedJson(data)?.value);
  });
  events.push(body);
  return named;
};

const modelIn = (value: unknown): string | null => {
  const model =
    text(field(value, "model")) ??
    text(field(field(value, "response"), "model")) ??
    text(field(field(value, "message"), "model"));
  return model === null || model === "" ? null : model.slice(0, MAX_ID);
};

/** What providers put behind the id that was asked for: the date or number of the snapshot that answered. */
const SNAPSHOT = /^[-@:]\d[\d.-]{0,31}$/;

/** Whether an answer of `named` is one of `asked`: the same id, or a snapshot of it. */
export const isSameModel = (asked: string, named: string): boolean =>
  named === asked || (named.startsWith(asked) && SNAPSHOT.test(named.slice(asked.length)));
