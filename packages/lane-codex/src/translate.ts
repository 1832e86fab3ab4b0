import {
  CallIds,
  type DraftRaw,
  type EventDraft,
  LineReader,
  type ProcessEnd,
  type StreamLine,
  type Translator,
  type TranslatorContext,
} from "@stage6/lane-contract";
import { unreportedCalls } from "./match-calls.ts";
import { SESSION_STREAM } from "./plan.ts";
import type { SessionCall } from "./session-call.ts";
import { SessionStream } from "./session-stream.ts";
import { readStderr } from "./stderr-stream.ts";
import { StdoutStream } from "./stdout-stream.ts";
import { Tally } from "./tally.ts";

/**
 * Merges the three streams of a run: stdout in its order, refusals from stderr as they come, and at the end the calls that only
 * the session file holds (0.104 prints no refusal at all). The closing record is always written, whatever the process left.
 */
class CodexTranslator implements Translator {
  readonly #readers = new Map([
    ["stdout", new LineReader()],
    ["stderr", new LineReader()],
    [SESSION_STREAM, new LineReader()],
  ]);
  readonly #ids = new CallIds();
  readonly #session: SessionStream;
  readonly #stdout: StdoutStream;
  readonly #refusals = new Tally();
  #stdoutBytes = 0;

  constructor({ workspace, outerBounds }: TranslatorContext) {
    this.#session = new SessionStream(outerBounds);
    this.#stdout = new StdoutStream(this.#ids, workspace);
  }

  push(stream: string, chunk: Uint8Array): readonly EventDraft[] {
    if (stream === "stdout") this.#stdoutBytes += chunk.length;
    return this.#take(stream, this.#readers.get(stream)?.push(chunk) ?? []);
  }

  end(_end: ProcessEnd): readonly EventDraft[] {
    const drafts = [...this.#readers].flatMap(([stream, reader]) => this.#take(stream, reader.end()));
    drafts.push(...this.#stdout.end(), ...this.#stdout.order.end(), ...this.#session.drafts);
    for (const call of unreportedCalls(this.#session.calls, this.#stdout.shown))
      drafts.push(...this.#unreported(call));
    drafts.push(this.#ended());
    return drafts;
  }

  #take(stream: string, lines: readonly StreamLine[]): EventDraft[] {
    return lines.flatMap((line) => {
      if (stream === "stdout") return this.#stdout.read(line);
      if (stream === "stderr") return this.#stderr(line);
      this.#session.read(line);
      return [];
    });
  }

  #stderr(line: StreamLine): readonly EventDraft[] {
    const drafts = readStderr(line);
    for (const draft of drafts) if (draft.type === "action.refused") this.#refusals.add(draft.data.message);
    return drafts;
  }

  #unreported(call: SessionCall): readonly EventDraft[] {
    const callId = this.#ids.take(call.callId);
    const { status, exitCode, refusal, raw } = call.end ?? {
      status: "unclosed",
      exitCode: null,
      refusal: null,
      raw: call.raw,
    };
    const refused: EventDraft[] =
      refusal === null || this.#refusals.take(refusal)
        ? []
        : [{ type: "action.refused", raw, data: { tool: call.tool, message: refusal } }];
    return [
      { type: "tool.started", raw: call.raw, data: { callId, tool: call.tool, input: call.input } },
      ...refused,
      { type: "tool.ended", raw, data: { callId, status, exitCode, reported: false } },
    ];
  }

  #ended(): EventDraft {
    const word = this.#stdout.lastWord;
    const nothing: DraftRaw = { stream: "stdout", offset: this.#stdoutBytes, length: 0 };
    return word === null
      ? { type: "agent.ended", raw: nothing, data: { outcome: "unknown", message: null } }
      : { type: "agent.ended", raw: word.raw, data: { outcome: word.outcome, message: word.message } };
  }
}

/** A translator for one run. */
export function translator(context: TranslatorContext): Translator {
  return new CodexTranslator(context);
}
