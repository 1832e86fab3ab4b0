import {
  drift,
  type EventDraft,
  LineReader,
  type ProcessEnd,
  rawOf,
  type StreamLine,
  type Translator,
  unread,
} from "@stage6/lane-contract";
import { GuardStream } from "./guard-stream.ts";
import { SESSION_STREAM } from "./plan.ts";
import { StdoutStream } from "./stdout-stream.ts";

/**
 * Merges the streams of a run: stdout in its order, and what the guard recorded, each held against the other. Whether the guard was there, in this
 * workspace, is decided at the end; a run whose agent worked without it is drift, so that it is never scored.
 */
class PiTranslator implements Translator {
  readonly #readers = new Map([
    ["stdout", new LineReader()],
    ["stderr", new LineReader()],
    [SESSION_STREAM, new LineReader()],
  ]);
  readonly #guard = new GuardStream();
  readonly #stdout: StdoutStream;

  constructor(workspace: string) {
    this.#stdout = new StdoutStream(workspace);
  }

  push(stream: string, chunk: Uint8Array): readonly EventDraft[] {
    return this.#take(stream, this.#readers.get(stream)?.push(chunk) ?? []);
  }

  end(_end: ProcessEnd): readonly EventDraft[] {
    const drafts = [...this.#readers].flatMap(([stream, reader]) => this.#take(stream, reader.end()));
    return [
      ...drafts,
      ...this.#guarded(),
      ...this.#refusals(),
      ...this.#stdout.order.end(),
      ...this.#stdout.end(),
    ];
  }

  /** The guard writes down a refusal before Pi prints it, call by call: beside a run that went well both say the same. */
  #refusals(): readonly EventDraft[] {
    const [shown, recorded] = [this.#stdout.refused, this.#guard.refused];
    const alike = shown.length === recorded.length && shown.every((id, at) => id === recorded[at]);
    return alike || !this.#stdout.completed
      ? []
      : [drift(this.#guard.end, "tool_blocked", "stdout shows other refusals than the guard recorded")];
  }

  #take(stream: string, lines: readonly StreamLine[]): EventDraft[] {
    return lines.flatMap((line) => {
      if (stream === "stdout") return this.#stdout.read(line);
      if (stream === SESSION_STREAM) return this.#guard.read(line);
      // Free text: warnings of Pi, and what an extension prints.
      return line.text === null ? [unread(rawOf(stream, line), line.reason ?? "unreadable")] : [];
    });
  }

  #guarded(): readonly EventDraft[] {
    const { session, worked } = this.#stdout;
    const { workspace, end } = this.#guard;
    if (workspace === null)
      return worked ? [drift(end, "guard_ready", "the agent worked without a guard")] : [];
    // Against the guard's own words, which hold the planned folder: whoever translates again has no such folder.
    return session === null || session.cwd === workspace
      ? []
      : [drift(session.raw, "session", "/cwd: expected the workspace that the guard was planned for")];
  }
}

/** A translator for one run; `workspace` makes claimed paths relative. */
export function translator(context: { readonly workspace: string }): Translator {
  return new PiTranslator(context.workspace);
}
