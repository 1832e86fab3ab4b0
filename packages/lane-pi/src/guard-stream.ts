import {
  type DraftRaw,
  drift,
  type EventDraft,
  parseRecord,
  rawOf,
  short,
  type StreamLine,
  textField,
  unread,
  unrecognized,
} from "@stage6/lane-contract";
import { SHAPES } from "./known-shapes.ts";
import { SESSION_STREAM } from "./plan.ts";

/** Reads what the guard recorded: that it was there, and what it refused. */
export class GuardStream {
  /** Workspace of the first `guard_ready`; null while there is none. */
  workspace: string | null = null;
  /** Calls it refused, in its order. */
  readonly refused: string[] = [];
  #end = 0;

  read(line: StreamLine): readonly EventDraft[] {
    const raw = rawOf(SESSION_STREAM, line);
    this.#end = line.offset + line.length + (line.terminated ? 1 : 0);
    if (line.text === null) return [unread(raw, line.reason ?? "unreadable")];
    const record = parseRecord(line.text);
    if (record === null) return [unread(raw, "not-json")];
    const type = textField(record, "type");
    if (!SHAPES.has("guard", type)) return [unrecognized(raw, type)];
    const misfit = SHAPES.findDrift("guard", type, record);
    if (misfit !== null) return [drift(raw, type, misfit)];
    if (type === "guard_ready") {
      this.workspace ??= textField(record, "workspace");
      return [];
    }
    this.refused.push(textField(record, "toolCallId"));
    const [tool, message] = [short(textField(record, "toolName"), 256), short(textField(record, "reason"))];
    return [{ type: "action.refused", raw, data: { tool, message } }];
  }

  /** The place behind the last record. */
  get end(): DraftRaw {
    return { stream: SESSION_STREAM, offset: this.#end, length: 0 };
  }
}
