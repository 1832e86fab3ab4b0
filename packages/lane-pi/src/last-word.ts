import {
  type DraftData,
  type DraftRaw,
  field,
  type JsonRecord,
  recordField,
  short,
  textField,
} from "@stage6/lane-contract";

const OUTCOMES: ReadonlyMap<string, "completed" | "failed" | "aborted"> = new Map([
  ["stop", "completed"],
  ["length", "failed"],
  ["error", "failed"],
  ["aborted", "aborted"],
]);

interface Stop {
  readonly reason: string;
  readonly message: string | null;
  readonly raw: DraftRaw;
}

/**
 * Pi's own word on its end, gathered from the order of records: the exit code is 0 whatever the model did, so only a
 * stream that closed all it opened, and then a stop reason, says anything. A retry takes an earlier end back.
 */
export class LastWord {
  #session = false;
  #unreadable = false;
  #agents = 0;
  #turns = 0;
  #messages = 0;
  #ended = false;
  #stop: Stop | null = null;

  /** A line could not be read, so that what it closed or said is unknown. */
  lost(): void {
    this.#unreadable = true;
  }

  /** Takes a record of a known type and shape. */
  take(type: string, record: JsonRecord, raw: DraftRaw): void {
    switch (type) {
      case "session":
        this.#session = true;
        return;
      case "agent_start":
        this.#agents += 1;
        this.#ended = false;
        this.#stop = null;
        return;
      case "agent_end":
        this.#agents -= 1;
        this.#ended = field(record, "willRetry") !== true;
        return;
      case "auto_retry_start":
        this.#ended = false;
        return;
      case "turn_start":
        this.#turns += 1;
        return;
      case "turn_end":
        this.#turns -= 1;
        return;
      case "message_start":
        this.#messages += 1;
        return;
      case "message_end":
        this.#messages -= 1;
        return this.#message(recordField(record, "message"), raw);
      default:
        return;
    }
  }

  #message(message: JsonRecord, raw: DraftRaw): void {
    if (textField(message, "role") !== "assistant") return;
    const stated = field(message, "errorMessage");
    this.#stop = {
      reason: textField(message, "stopReason"),
      message: typeof stated === "string" ? short(stated) : null,
      raw,
    };
  }

  /** The claim about the end, and the record it was read from; null place when there is none. */
  say(toolsOpen: boolean): { readonly data: DraftData<"agent.ended">; readonly raw: DraftRaw | null } {
    const stop = this.#stop;
    const balanced = this.#agents === 0 && this.#turns === 0 && this.#messages === 0 && !toolsOpen;
    const whole = this.#session && this.#ended && balanced && !this.#unreadable;
    const outcome = stop === null ? undefined : OUTCOMES.get(stop.reason);
    if (!whole || stop === null || outcome === undefined)
      return { data: { outcome: "unknown", message: null }, raw: null };
    if (outcome === "completed") return { data: { outcome, message: null }, raw: stop.raw };
    return { data: { outcome, message: stop.message ?? short(stop.reason) }, raw: stop.raw };
  }
}
