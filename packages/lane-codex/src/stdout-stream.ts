import {
  type CallIds,
  countField,
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
import { itemKeys } from "./call-keys.ts";
import { SHAPES } from "./known-shapes.ts";
import type { ShownItem } from "./match-session.ts";
import { messageItem } from "./message-item.ts";
import { itemClaims, itemEnd, itemInput, itemTool, TOOL_ITEMS } from "./tool-item.ts";
import { TurnOrder } from "./turn-order.ts";

/** The backend's last word on its turn. */
export interface LastWord {
  readonly outcome: "completed" | "failed";
  readonly message: string | null;
  readonly raw: DraftRaw;
}

/** Reads stdout of `codex exec --json`, one event per line. */
export class StdoutStream {
  /** What the stream shows and the session file may hold, in the order in which it first appeared. */
  readonly shown: ShownItem[] = [];
  /** Thread that the stream names; null until it does. */
  threadId: string | null = null;
  /** The last terminal event of the last turn; null while there is none. */
  lastWord: LastWord | null = null;
  /** Whether every record stood in its place. */
  readonly order = new TurnOrder();
  readonly #open = new Map<
    string,
    { readonly callId: string; readonly raw: DraftRaw; readonly item: ShownItem }
  >();
  readonly #ids: CallIds;
  readonly #workspace: string;
  #moment = 0;

  constructor(ids: CallIds, workspace: string) {
    this.#ids = ids;
    this.#workspace = workspace;
  }

  read(line: StreamLine): readonly EventDraft[] {
    const raw = rawOf("stdout", line);
    if (line.text === null) return [unread(raw, line.reason ?? "unreadable")];
    const record = parseRecord(line.text);
    if (record === null)
      return [unread(raw, line.terminated ? "not-json" : "not-json, cut at the end of the stream")];
    const type = textField(record, "type");
    if (type === "") return [drift(raw, "event", "/type: expected string, found none")];
    if (!SHAPES.has("events", type)) return [unrecognized(raw, type)];
    const misfit = SHAPES.findDrift("events", type, record);
    if (misfit !== null) return [drift(raw, type, misfit)];
    const item = type.startsWith("item.") ? recordField(record, "item") : null;
    this.order.take(type, item && { id: textField(item, "id"), type: textField(item, "type") }, raw);
    return this.#event(type, record, raw);
  }

  /** Ends every tool call that was started and never ended. */
  end(): readonly EventDraft[] {
    const drafts = [...this.#open.values()].map(({ callId, raw }) => unclosed(raw, callId));
    this.#open.clear();
    return drafts;
  }

  #event(type: string, record: JsonRecord, raw: DraftRaw): readonly EventDraft[] {
    switch (type) {
      case "thread.started":
        this.threadId ??= textField(record, "thread_id");
        return [
          {
            type: "session.started",
            raw,
            data: { sessionId: short(textField(record, "thread_id")), version: null },
          },
        ];
      case "turn.started":
        this.lastWord = null;
        return [];
      case "turn.completed":
        this.lastWord = { outcome: "completed", message: null, raw };
        return [usage(recordField(record, "usage"), raw)];
      case "turn.failed":
        this.lastWord = {
          outcome: "failed",
          message: short(textField(recordField(record, "error"), "message")),
          raw,
        };
        return [];
      case "error":
        return [messaged(raw, "warning", textField(record, "message"))];
      default:
        return this.#item(type, recordField(record, "item"), raw);
    }
  }

  #item(phase: string, item: JsonRecord, raw: DraftRaw): readonly EventDraft[] {
    const type = textField(item, "type");
    if (!SHAPES.has("items", type)) return [unrecognized(raw, `${phase} ${type}`)];
    const misfit = SHAPES.findDrift("items", type, item);
    if (misfit !== null) return [drift(raw, `${phase} ${type}`, `/item${misfit}`)];
    // A plan is printed once more at the end of the turn; that repeat is no call.
    if (type === "todo_list") {
      if (phase !== "item.completed") this.#show(item, raw, false);
    } else if (!TOOL_ITEMS.has(type) && phase === "item.completed") this.#show(item, raw, true);
    return messageItem(phase, item, raw) ?? (TOOL_ITEMS.has(type) ? this.#tool(phase, item, raw) : []);
  }

  #show(item: JsonRecord, raw: DraftRaw, complete: boolean): ShownItem {
    this.#moment += 1;
    const one = {
      keys: itemKeys(item),
      raw,
      isCommand: textField(item, "type") === "command_execution",
      opened: this.#moment,
      closed: complete ? this.#moment : null,
    };
    this.shown.push(one);
    return one;
  }

  #tool(phase: string, item: JsonRecord, raw: DraftRaw): readonly EventDraft[] {
    const id = textField(item, "id");
    if (phase === "item.updated") return [];
    const drafts: EventDraft[] = [];
    let open = this.#open.get(id);
    if (phase === "item.started" && open !== undefined) {
      drafts.push(unclosed(raw, open.callId));
      open = undefined;
    }
    if (open === undefined) {
      open = { callId: this.#ids.take(id), raw, item: this.#show(item, raw, false) };
      drafts.push({
        type: "tool.started",
        raw,
        data: { callId: open.callId, tool: itemTool(item), input: itemInput(item, this.#workspace) },
      });
    }
    if (phase === "item.started") {
      this.#open.set(id, open);
      return drafts;
    }
    this.#open.delete(id);
    this.#moment += 1;
    open.item.closed = this.#moment;
    drafts.push({ type: "tool.ended", raw, data: { callId: open.callId, ...itemEnd(item) } });
    return [...drafts, ...itemClaims(item, raw, this.#workspace)];
  }
}

function usage(stated: JsonRecord, raw: DraftRaw): EventDraft {
  return {
    type: "usage.claimed",
    raw,
    data: {
      usage: {
        inputTokens: countField(stated, "input_tokens"),
        cachedInputTokens: countField(stated, "cached_input_tokens"),
        outputTokens: countField(stated, "output_tokens"),
      },
    },
  };
}
