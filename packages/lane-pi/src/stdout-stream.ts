import {
  CallIds,
  type DraftRaw,
  drift,
  type EventDraft,
  type JsonRecord,
  messaged,
  parseRecord,
  rawOf,
  recordField,
  short,
  type StreamLine,
  textField,
  unclosed,
  unread,
  unrecognized,
} from "@stage6/lane-contract";
import { addUsage, assistantDrafts, NO_USAGE, type Usage } from "./assistant-message.ts";
import { isUnused, SHAPES } from "./known-shapes.ts";
import { LastWord } from "./last-word.ts";
import { RecordOrder } from "./record-order.ts";
import { toolClaim, toolEnd, toolInput } from "./tool-record.ts";

interface OpenCall {
  readonly callId: string;
  readonly args: JsonRecord;
  readonly raw: DraftRaw;
  readonly shown: ShownCall;
}

/** A call of stdout, for the guard's records. */
interface ShownCall {
  readonly id: string;
  refused: boolean;
}

/** Folder that the session header names, and where it stands. */
export interface SessionFolder {
  readonly cwd: string;
  readonly raw: DraftRaw;
}

/** Reads stdout of `pi --mode json`, one event per line. */
export class StdoutStream {
  /** Null until the session header was read. */
  session: SessionFolder | null = null;
  /** Whether an agent began to work. */
  worked = false;
  /** Whether every record stood in its place. */
  readonly order = new RecordOrder();
  readonly #word = new LastWord();
  readonly #open = new Map<string, OpenCall>();
  readonly #ids = new CallIds();
  readonly #shown: ShownCall[] = [];
  readonly #workspace: string;
  #usage: Usage = NO_USAGE;
  #bytes = 0;

  constructor(workspace: string) {
    this.#workspace = workspace;
  }

  /** Calls that ended as refused by the guard, in the order in which they began. */
  get refused(): readonly string[] {
    return this.#shown.flatMap(({ id, refused }) => (refused ? id : []));
  }

  /** Whether Pi says that all is well: nothing is open, and the last answer was no error. */
  get completed(): boolean {
    return this.#word.say(this.#open.size > 0).data.outcome === "completed";
  }

  read(line: StreamLine): readonly EventDraft[] {
    const raw = rawOf("stdout", line);
    this.#bytes = line.offset + line.length + (line.terminated ? 1 : 0);
    const record = line.text === null ? null : parseRecord(line.text);
    if (record === null) {
      this.#word.lost();
      const reason = line.terminated ? "not-json" : "not-json, cut at the end of the stream";
      return [unread(raw, line.reason ?? reason)];
    }
    const type = textField(record, "type");
    if (type === "") return [drift(raw, "event", "/type: expected string")];
    // Partial messages and results: printed again whole, up to a thousand times, by the record that ends them.
    if (isUnused(type)) {
      this.order.take(type, record, raw);
      return [];
    }
    if (!SHAPES.has("events", type)) return [unrecognized(raw, type)];
    const misfit = SHAPES.findDrift("events", type, record);
    if (misfit !== null) return [drift(raw, type, misfit)];
    this.order.take(type, record, raw);
    const drafts = this.#event(type, record, raw);
    this.#word.take(type, record, raw);
    return drafts;
  }

  /** Ends every call that was never ended, then says how the backend says it ended. */
  end(): readonly EventDraft[] {
    const { data, raw } = this.#word.say(this.#open.size > 0);
    const left = [...this.#open.keys()].flatMap((id) => this.#close(id));
    const nothing = { stream: "stdout", offset: this.#bytes, length: 0 };
    return [...left, { type: "agent.ended", raw: raw ?? nothing, data }];
  }

  #event(type: string, record: JsonRecord, raw: DraftRaw): readonly EventDraft[] {
    switch (type) {
      case "session":
        this.session ??= { cwd: textField(record, "cwd"), raw };
        return [
          {
            type: "session.started",
            raw,
            data: { sessionId: short(textField(record, "id")), version: null },
          },
        ];
      case "agent_start":
        this.worked = true;
        return [];
      case "message_end":
        return this.#message(recordField(record, "message"), raw);
      case "tool_execution_start":
        return this.#started(record, raw);
      case "tool_execution_end":
        return this.#ended(record, raw);
      case "auto_retry_start":
        return [messaged(raw, "warning", textField(record, "errorMessage"))];
      default:
        return [];
    }
  }

  #message(record: JsonRecord, raw: DraftRaw): readonly EventDraft[] {
    const role = textField(record, "role");
    if (!SHAPES.has("messages", role)) return [unrecognized(raw, `message_end ${role}`)];
    const misfit = SHAPES.findDrift("messages", role, record);
    if (misfit !== null) return [drift(raw, `message_end ${role}`, `/message${misfit}`)];
    if (role !== "assistant") return [];
    this.#usage = addUsage(this.#usage, record);
    return [...assistantDrafts(record, raw), { type: "usage.claimed", raw, data: { usage: this.#usage } }];
  }

  #started(record: JsonRecord, raw: DraftRaw): readonly EventDraft[] {
    const id = textField(record, "toolCallId");
    const tool = textField(record, "toolName");
    const args = recordField(record, "args");
    const left = this.#close(id);
    const callId = this.#ids.take(id);
    const shown = { id, refused: false };
    this.#shown.push(shown);
    this.#open.set(id, { callId, args, raw, shown });
    const data = { callId, tool: short(tool, 256), input: toolInput(tool, args, this.#workspace) };
    return [...left, { type: "tool.started", raw, data }];
  }

  #ended(record: JsonRecord, raw: DraftRaw): readonly EventDraft[] {
    const id = textField(record, "toolCallId");
    const tool = textField(record, "toolName");
    const begun = this.#open.get(id);
    const before = begun === undefined ? this.#started(record, raw) : [];
    const call = begun ?? this.#open.get(id);
    const { callId, args } = call ?? { callId: this.#ids.take(id), args: {} };
    this.#open.delete(id);
    const end = toolEnd(record);
    if (call !== undefined) call.shown.refused = end.status === "refused";
    const claim = end.status === "completed" ? toolClaim(tool, args, this.#workspace) : null;
    return [
      ...before,
      { type: "tool.ended", raw, data: { callId, ...end } },
      ...(claim === null ? [] : [{ type: "change.claimed", raw, data: claim } as const]),
    ];
  }

  #close(id: string): EventDraft[] {
    const call = this.#open.get(id);
    this.#open.delete(id);
    if (call === undefined) return [];
    return [unclosed(call.raw, call.callId)];
  }
}
