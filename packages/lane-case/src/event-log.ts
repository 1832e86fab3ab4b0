import {
  claimedPath,
  countField,
  type DraftRaw,
  drift,
  type EventDraft,
  field,
  isRecord,
  type JsonRecord,
  listField,
  messaged,
  parseRecord,
  rawOf,
  recordField,
  short,
  type StreamLine,
  textField,
  unread,
  unrecognized,
} from "@stage6/lane-contract";
import { Evaluations } from "./evaluations.ts";
import { InSequence } from "./in-sequence.ts";
import { findCommonDrift, SHAPES } from "./known-shapes.ts";
import { Phases } from "./phases.ts";
import { EVENT_STREAM } from "./plan.ts";
import { RunEnd } from "./run-end.ts";
import { scrub } from "./scrub-text.ts";
import { ToolCalls } from "./tool-calls.ts";

interface LogRecord {
  readonly sequence: number;
  readonly record: JsonRecord;
  readonly raw: DraftRaw;
}

/** Most changed paths that one result may claim. */
const MAX_CLAIMS = 1000;

/**
 * Reads the event log of one run of Case, in the order of its own numbers and not of the file. What it says is claimed;
 * Case's own summaries of it (run log, task file, markers) are wrong and never read.
 */
export class EventLog {
  readonly #order = new InSequence<LogRecord>();
  readonly #tools: ToolCalls;
  readonly #phases = new Phases();
  readonly #evaluations = new Evaluations();
  readonly #end = new RunEnd();
  readonly #workspace: string;
  #runId: string | null = null;
  #started = false;
  #last: DraftRaw = { stream: EVENT_STREAM, offset: 0, length: 0 };

  constructor(workspace: string) {
    this.#workspace = workspace;
    this.#tools = new ToolCalls(workspace);
  }

  read(line: StreamLine): readonly EventDraft[] {
    const raw = rawOf(EVENT_STREAM, line);
    this.#last = { stream: EVENT_STREAM, offset: line.offset + line.length, length: 0 };
    if (line.text === null) return [unread(raw, line.reason ?? "unreadable")];
    const record = parseRecord(line.text);
    if (record === null)
      return [unread(raw, line.terminated ? "not-json" : "not-json, cut at the end of the stream")];
    const type = textField(record, "event");
    const misfit = type === "" ? "/event: expected string" : findCommonDrift(record);
    if (misfit !== null) return [drift(raw, type === "" ? "event" : type, misfit)];
    this.#runId ??= textField(record, "runId");
    // A resumed run writes a second file that goes on in the middle and cannot be read alone: never done, so never read.
    if (this.#runId !== textField(record, "runId"))
      return [drift(raw, type, "/runId: a record of another run")];
    const { ready, repeated } = this.#order.take({ sequence: countField(record, "sequence"), record, raw });
    if (repeated) return [drift(raw, type, "/sequence: 0, or there before")];
    return ready.flatMap((one) => this.#event(one));
  }

  /** Reads what was held back, ends what was left open, then says how Case says it ended. */
  end(): readonly EventDraft[] {
    const { ready, missing } = this.#order.rest();
    const late = ready.flatMap((one) => this.#event(one));
    const gap =
      missing === null ? [] : [unread(this.#last, `the record with sequence ${missing} is missing`)];
    const { raw, data } = this.#end.say();
    return [
      ...late,
      ...gap,
      ...this.#evaluations.rest(),
      ...this.#tools.closeAll(),
      ...this.#phases.closeAll(),
      { type: "agent.ended", raw: raw ?? this.#last, data },
    ];
  }

  #event({ record, raw }: LogRecord): readonly EventDraft[] {
    const type = textField(record, "event");
    if (!SHAPES.has("events", type)) return [unrecognized(raw, type)];
    const misfit = SHAPES.findDrift("events", type, record) ?? this.#misplaced(type);
    return misfit === null ? this.#known(type, record, raw) : [drift(raw, type, misfit)];
  }

  /** A record where no run has one: before the start, a second start, after the end. */
  #misplaced(type: string): string | null {
    if (this.#end.isOver) return "a record after the end of the run";
    const isStart = type === "pipeline_start";
    if (isStart === this.#started) return isStart ? "a second start" : "a record before the start of the run";
    this.#started = true;
    return null;
  }

  #known(type: string, record: JsonRecord, raw: DraftRaw): readonly EventDraft[] {
    const phase = textField(record, "phase");
    switch (type) {
      case "pipeline_start":
        return [
          { type: "session.started", raw, data: { sessionId: short(this.#runId ?? ""), version: null } },
        ];
      case "phase_start":
        return this.#phases.start(phase, raw);
      case "phase_end":
        return this.#phaseEnd(phase, record, raw);
      case "tool_start":
        return [...this.#closeActivity(phase, raw), ...this.#tools.start(record, raw)];
      case "tool_end":
        return this.#tools.end(record, raw) ?? [drift(raw, type, "the end of a call that is not open")];
      case "revision_requested":
        return this.#evaluations.revised(record, raw);
      case "revision_budget_exhausted":
        return this.#evaluations.exhausted(raw);
      case "pipeline_end":
        this.#end.ended(record, raw);
        return [];
      default:
        // Its status and its markers are notes to itself.
        return [];
    }
  }

  /** The close phase is stopped before it can act: whatever it does is not what this lane knows. */
  #closeActivity(phase: string, raw: DraftRaw): readonly EventDraft[] {
    return phase === "close"
      ? [drift(raw, "tool_start", "a tool call in the close phase, which is stopped")]
      : [];
  }

  #phaseEnd(phase: string, record: JsonRecord, raw: DraftRaw): readonly EventDraft[] {
    const outcome = textField(record, "outcome");
    const ended =
      outcome === "completed" || outcome === "failed" || outcome === "skipped"
        ? this.#phases.end(phase, outcome, countField(record, "durationMs"), raw)
        : null;
    // Revision cycles that were never needed are skipped at the end, without having begun.
    if (ended === null)
      return outcome === "skipped" ? [] : [drift(raw, "phase_end", "the end of a phase that is not open")];
    const result = isRecord(field(record, "result")) ? recordField(record, "result") : null;
    this.#end.phaseEnded(phase, outcome, result);
    const closed =
      phase === "close" && outcome === "completed"
        ? [drift(raw, "phase_end", "the close phase was completed, which is stopped")]
        : [];
    return [
      ...(result === null ? [] : this.#said(phase, result, raw)),
      ...this.#evaluations.ended(phase, outcome, result, raw),
      ...ended,
      ...closed,
    ];
  }

  /** Summary, error and changed files of a result: claims, each of them. */
  #said(phase: string, result: JsonRecord, raw: DraftRaw): readonly EventDraft[] {
    const message = (kind: "answer" | "warning", text: string): readonly EventDraft[] =>
      text === "" ? [] : [messaged(raw, kind, scrub(text))];
    const files = listField(recordField(result, "artifacts"), "filesChanged")
      .filter((path) => typeof path === "string")
      .slice(0, MAX_CLAIMS)
      .map((path): EventDraft => {
        const data = { path: scrub(claimedPath(path, this.#workspace)), kind: "unknown" as const };
        return { type: "change.claimed", raw, data };
      });
    const isWorker = phase === "implement";
    return [
      ...message(isWorker ? "answer" : "warning", textField(result, "summary")),
      ...message("warning", textField(result, "error")),
      ...files,
    ];
  }
}
