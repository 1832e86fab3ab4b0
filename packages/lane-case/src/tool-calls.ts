import {
  CallIds,
  claimedPath,
  type DraftRaw,
  type EventDraft,
  field,
  type JsonRecord,
  parseRecord,
  short,
  textField,
  unclosed,
} from "@stage6/lane-contract";
import { scrub } from "./scrub-text.ts";

interface OpenCall {
  readonly callId: string;
  readonly args: string;
  readonly raw: DraftRaw;
}

/** Tools whose success claims a change of their path: `write` creates or replaces and does not say which. */
const CLAIMS: ReadonlyMap<string, "modified" | "unknown"> = new Map([
  ["edit", "modified"],
  ["write", "unknown"],
]);

/** A path in arguments that Case cut at 500 characters, so that they are no JSON any more. */
const CUT_PATH = /^\{"path":"((?:[^"\\]|\\.){1,400})"/;

function pathIn(args: string): string {
  const whole = parseRecord(args);
  if (whole !== null) return textField(whole, "path");
  const cut = CUT_PATH.exec(args)?.[1];
  return cut === undefined ? "" : textField(parseRecord(`{"path":"${cut}"}`) ?? {}, "path");
}

/** Pairs the tool calls of all agents: Case numbers them for each agent anew. */
export class ToolCalls {
  readonly #open = new Map<string, OpenCall>();
  readonly #ids = new CallIds();
  readonly #workspace: string;

  constructor(workspace: string) {
    this.#workspace = workspace;
  }

  start(record: JsonRecord, raw: DraftRaw): readonly EventDraft[] {
    const key = keyOf(record);
    const left = this.#close(key);
    const args = textField(record, "args");
    const callId = this.#ids.take(textField(record, "toolCallId"));
    this.#open.set(key, { callId, args, raw });
    const command = textField(parseRecord(args) ?? {}, "command");
    const input = short(scrub(command === "" ? args : command));
    return [
      ...left,
      { type: "tool.started", raw, data: { callId, tool: short(textField(record, "tool"), 256), input } },
    ];
  }

  /** Null when no such call is open. */
  end(record: JsonRecord, raw: DraftRaw): readonly EventDraft[] | null {
    const key = keyOf(record);
    const call = this.#open.get(key);
    if (call === undefined) return null;
    this.#open.delete(key);
    const failed = field(record, "isError") === true;
    const kind = failed ? undefined : CLAIMS.get(textField(record, "tool"));
    const path = pathIn(call.args);
    const claim: readonly EventDraft[] =
      kind === undefined || path === ""
        ? []
        : [{ type: "change.claimed", raw, data: { path: scrub(claimedPath(path, this.#workspace)), kind } }];
    const status = failed ? "failed" : "completed";
    return [
      // An exit code stands only inside a text that Case cuts.
      {
        type: "tool.ended",
        raw,
        data: { callId: call.callId, status, exitCode: null, reported: true },
      },
      ...claim,
    ];
  }

  /** Ends every call that Case never ended. */
  closeAll(): readonly EventDraft[] {
    return [...this.#open.keys()].flatMap((key) => this.#close(key));
  }

  #close(key: string): readonly EventDraft[] {
    const call = this.#open.get(key);
    if (call === undefined) return [];
    this.#open.delete(key);
    return [unclosed(call.raw, call.callId)];
  }
}

function keyOf(record: JsonRecord): string {
  return JSON.stringify([textField(record, "phase"), textField(record, "toolCallId")]);
}
