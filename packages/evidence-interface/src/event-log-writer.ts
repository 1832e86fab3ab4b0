import { createHash } from "node:crypto";
import { EVENT_SCHEMAS, EVENT_SOURCE, type EventData, type EventType } from "./event.ts";
import { checkpointDue, MAX_EVENT_BYTES } from "./segment.ts";
import { parseStrictText } from "./strict-json.ts";
import { fitsSchema, schemaErrors } from "./validate.ts";

/** Wall and monotonic time of an event: `ts` as RFC 3339 with milliseconds, `mono` in microseconds since the run began. */
export interface Stamp {
  readonly ts: string;
  readonly mono: number;
}

/** Thrown by {@link EventLogWriter} when the harness itself tries to write an event that no reader would accept. */
export class EventLogError extends Error {
  readonly code: "EVENT_INVALID" | "LOG_ENDED";
  constructor(code: "EVENT_INVALID" | "LOG_ENDED", message: string) {
    super(message);
    this.name = "EventLogError";
    this.code = code;
  }
}

/**
 * Makes the bytes of events.jsonl: numbers the events, sets checkpoints where {@link checkpointDue} wants them and
 * closes the log. Holds no event; the caller writes the bytes it gets.
 */
export class EventLogWriter {
  #seq = 0;
  #bytes = 0;
  #inSegment = 0;
  #firstMono = 0;
  #lastMono = 0;
  #ended = false;
  readonly #hash = createHash("sha256");

  /** Bytes of this event, with a checkpoint line before it when one is due. */
  append<T extends Exclude<EventType, "checkpoint" | "run.ended">>(
    type: T,
    data: EventData<T>,
    stamp: Stamp,
  ): Uint8Array {
    const mono = Math.max(stamp.mono, this.#lastMono);
    const at = { ts: stamp.ts, mono };
    const due = checkpointDue(this.#inSegment, this.#firstMono, mono);
    // Made before the checkpoint is written: a refused event must leave the log as it was.
    const line = this.#make(this.#seq + (due ? 1 : 0), type, data, at);
    const before = due ? [this.#checkpoint(at)] : [];
    if (this.#inSegment === 0) this.#firstMono = mono;
    this.#inSegment += 1;
    return Buffer.concat([...before, this.#commit(line, mono)]);
  }

  /** Bytes that close the log: a last checkpoint and `run.ended`. */
  end(stamp: Stamp): Uint8Array {
    const at = { ts: stamp.ts, mono: Math.max(stamp.mono, this.#lastMono) };
    const checkpoint = this.#checkpoint(at);
    const last = this.#commit(this.#make(this.#seq, "run.ended", { events: this.#seq }, at), at.mono);
    this.#ended = true;
    return Buffer.concat([checkpoint, last]);
  }

  #checkpoint(stamp: Stamp): Uint8Array {
    this.#inSegment = 0;
    const sha256 = `sha256:${this.#hash.copy().digest("hex")}`;
    return this.#commit(
      this.#make(this.#seq, "checkpoint", { events: this.#seq, bytes: this.#bytes, sha256 }, stamp),
      stamp.mono,
    );
  }

  #make(seq: number, type: EventType, data: unknown, stamp: Stamp): Buffer {
    if (this.#ended) throw new EventLogError("LOG_ENDED", `no event may follow run.ended: ${type}`);
    const event = { seq, ts: stamp.ts, mono: stamp.mono, src: EVENT_SOURCE[type], type, data };
    if (!fitsSchema(EVENT_SCHEMAS[type], event)) {
      const [first] = schemaErrors(EVENT_SCHEMAS[type], event);
      throw new EventLogError(
        "EVENT_INVALID",
        `${type}${first?.pointer ?? ""}: ${first?.message ?? "does not fit"}`,
      );
    }
    const text = JSON.stringify(event);
    const strict = parseStrictText(text);
    const line = Buffer.from(`${text}\n`, "utf8");
    if (!strict.ok || line.length - 1 > MAX_EVENT_BYTES)
      throw new EventLogError("EVENT_INVALID", `${type}: ${strict.ok ? "too long" : strict.rule}`);
    return line;
  }

  #commit(line: Buffer, mono: number): Buffer {
    this.#hash.update(line);
    this.#seq += 1;
    this.#bytes += line.length;
    this.#lastMono = mono;
    return line;
  }
}
