import {
  CallIds,
  type DraftRaw,
  drift,
  type EventDraft,
  LineReader,
  type ProcessEnd,
  type StreamLine,
  type Translator,
  type TranslatorContext,
  unread,
} from "@stage6/lane-contract";
import { matchSession } from "./match-session.ts";
import { SESSION_STREAM } from "./plan.ts";
import type { SessionCall } from "./session-call.ts";
import { SessionStream } from "./session-stream.ts";
import { StderrStream } from "./stderr-stream.ts";
import { StdoutStream } from "./stdout-stream.ts";

/**
 * Merges the three streams of a run: stdout in its order, and at the end what only the session file holds: calls that stdout
 * left out, and refusals. The streams carry no common sequence, so each is also held against the others: what they order
 * otherwise is drift. The closing record is always written, whatever the process left.
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
  readonly #stderr = new StderrStream();
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
    const { unshown, misplaced } = matchSession(this.#session.entries, this.#stdout.shown);
    return [
      ...drafts,
      ...this.#stdout.end(),
      ...this.#stdout.order.end(),
      ...this.#session.drafts,
      ...this.#session.order.end(),
      ...(misplaced === null
        ? []
        : [drift(misplaced.raw, "item", "out of order: the session file has it elsewhere")]),
      ...this.#sameTurn(),
      ...this.#session.calls.flatMap((call) => this.#told(call, unshown.has(call))),
      ...this.#stderr.end(this.#refusals(), this.#session.turnOver),
      this.#ended(),
    ];
  }

  #take(stream: string, lines: readonly StreamLine[]): EventDraft[] {
    return lines.flatMap((line) => {
      if (stream === "stdout") return this.#stdout.read(line);
      if (stream === "stderr") return this.#stderr.read(line);
      this.#session.read(line);
      return [];
    });
  }

  /** A turn that stdout calls completed is one that the session file holds to its end. */
  #sameTurn(): readonly EventDraft[] {
    const { threadId, turnOver, end } = this.#session;
    const said = this.#stdout.threadId;
    if (threadId !== null && said !== null && threadId !== said)
      return [drift(end, "session", "/payload/id: expected the thread that stdout names")];
    const whole = threadId !== null && turnOver;
    return whole || this.#stdout.lastWord?.outcome !== "completed"
      ? []
      : [unread(end, "the session file ends before the turn does")];
  }

  #refusals(): readonly string[] {
    return this.#session.calls.flatMap(({ end }) => end?.refusal ?? []);
  }

  /** What stdout did not tell of a call: the call itself when it left that out, and that Codex refused it. */
  #told(call: SessionCall, unshown: boolean): readonly EventDraft[] {
    const { status, exitCode, refusal, raw } = call.end ?? {
      status: "unclosed",
      exitCode: null,
      refusal: null,
      raw: call.raw,
    };
    const refused: EventDraft[] =
      refusal === null ? [] : [{ type: "action.refused", raw, data: { tool: call.tool, message: refusal } }];
    if (!unshown) return refused;
    const callId = this.#ids.take(call.callId);
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
