import {
  type EventDraft,
  LineReader,
  messaged,
  type ProcessEnd,
  rawOf,
  type StreamLine,
  type Translator,
  unread,
} from "@stage6/lane-contract";
import { EventLog } from "./event-log.ts";
import { EVENT_STREAM } from "./plan.ts";
import { scrub } from "./scrub-text.ts";

/** What Case prints before it exits with 1. */
const FATAL = /^(?:Fatal|Error): /;

/** Merges the streams of a run: the event log, and of the process's own output only that it broke down. */
class CaseTranslator implements Translator {
  readonly #readers = new Map(
    ["stdout", "stderr", EVENT_STREAM].map((stream) => [stream, new LineReader()] as const),
  );
  readonly #log: EventLog;

  constructor(workspace: string) {
    this.#log = new EventLog(workspace);
  }

  push(stream: string, chunk: Uint8Array): readonly EventDraft[] {
    return this.#take(stream, this.#readers.get(stream)?.push(chunk) ?? []);
  }

  end(_end: ProcessEnd): readonly EventDraft[] {
    const rest = [...this.#readers].flatMap(([stream, reader]) => this.#take(stream, reader.end()));
    return [...rest, ...this.#log.end()];
  }

  #take(stream: string, lines: readonly StreamLine[]): EventDraft[] {
    return lines.flatMap((line) => {
      if (stream === EVENT_STREAM) return this.#log.read(line);
      const raw = rawOf(stream, line);
      if (line.text === null) return [unread(raw, line.reason ?? "unreadable")];
      if (stream !== "stderr" || !FATAL.test(line.text)) return [];
      return [messaged(raw, "warning", scrub(line.text))];
    });
  }
}

/** A translator for one run; `workspace` makes claimed paths relative. */
export function translator(context: { readonly workspace: string }): Translator {
  return new CaseTranslator(context.workspace);
}
