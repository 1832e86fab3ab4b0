import {
  field,
  type JsonRecord,
  jsonText,
  listField,
  recordField,
  recordsField,
  textField,
} from "@stage6/lane-contract";

/** What tells a message from the others of its run. */
const identity = (message: JsonRecord): string =>
  jsonText([field(message, "role"), field(message, "timestamp"), field(message, "toolCallId")]);

const same = (texts: readonly string[], list: readonly unknown[]): boolean =>
  texts.length === list.length && texts.every((text, at) => text === jsonText(list[at]));

/**
 * Pi tells its messages more than once, which orders them: a turn's end repeats its answer and the results, an agent's end
 * every message it had, and an answer lists the calls that are then begun and answered in that order. Measured on 0.74.2,
 * 0.87.1 and 1.5.2: the repeats are equal, key by key. Calls of one answer run side by side, so only their ends are free.
 */
export class MessageOrder {
  /** Messages of the agent and of the turn, as JSON texts. */
  #agent: string[] = [];
  #results: string[] = [];
  #answer: string | null = null;
  #begun: string | null = null;
  /** Calls of the turn's answer, and how many were begun and answered. */
  #calls: readonly string[] = [];
  #started = 0;
  #answered = 0;
  readonly #running = new Set<string>();

  /** What stands out of its place; null when nothing does. Takes records of known types only. */
  wrong(type: string, record: JsonRecord): string | null {
    const message = recordField(record, "message");
    switch (type) {
      case "agent_start":
        this.#agent = [];
        return null;
      case "agent_end":
        return same(this.#agent, listField(record, "messages"))
          ? null
          : "the agent's end lists other messages than were printed";
      case "turn_start":
        this.#newTurn();
        return null;
      case "turn_end": {
        const answer = this.#answer === null || this.#answer === jsonText(message);
        return answer && same(this.#results, listField(record, "toolResults"))
          ? null
          : "the turn's end repeats other messages than were printed";
      }
      case "message_start":
        this.#begun = identity(message);
        return null;
      case "message_end":
        return this.#begun === identity(message) ? this.#message(message) : "the end of another message";
      case "tool_execution_start":
        return this.#starts(textField(record, "toolCallId"));
      case "tool_execution_end":
        this.#running.delete(textField(record, "toolCallId"));
        return null;
      default:
        return null;
    }
  }

  #newTurn(): void {
    this.#results = [];
    this.#answer = null;
    this.#calls = [];
    this.#started = 0;
    this.#answered = 0;
  }

  #message(message: JsonRecord): string | null {
    const text = jsonText(message);
    this.#agent.push(text);
    switch (textField(message, "role")) {
      case "assistant":
        this.#answer = text;
        this.#calls = recordsField(message, "content")
          .filter((part) => textField(part, "type") === "toolCall")
          .map((part) => textField(part, "id"));
        return null;
      case "toolResult": {
        this.#results.push(text);
        const call = textField(message, "toolCallId");
        const next = this.#calls[this.#answered];
        this.#answered += 1;
        if (call !== next) return "a result of another call than the next";
        return this.#running.has(call) ? "a result before the end of its call" : null;
      }
      default:
        return null;
    }
  }

  #starts(call: string): string | null {
    const next = this.#calls[this.#started];
    this.#started += 1;
    this.#running.add(call);
    return call === next ? null : "another call than the next of the answer began";
  }
}
