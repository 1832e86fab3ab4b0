import {
  type DraftRaw,
  drift,
  type EventDraft,
  field,
  type JsonRecord,
  textField,
} from "@stage6/lane-contract";

const TIMESTAMP = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,18}Z$/;

/**
 * Order of the records of a session file: its header first and once, then records numbered without a gap (from 0.150),
 * or before that by the time written on them.
 */
export class SessionOrder {
  #disorder: EventDraft | null = null;
  #records = 0;
  #numbered = false;
  #ordinal = -1;
  #timestamp = "";

  /** Takes a record of any kind. */
  take(record: JsonRecord, raw: DraftRaw): void {
    const wrong = this.#wrong(record);
    this.#records += 1;
    if (wrong !== null) this.say(raw, wrong);
  }

  /** Notes a record that stands in a wrong place for another reason. */
  say(raw: DraftRaw, wrong: string): void {
    this.#disorder ??= drift(raw, "session", `out of order: ${wrong}`);
  }

  /** The first record out of its place, as drift; empty when there is none. */
  end(): readonly EventDraft[] {
    return this.#disorder === null ? [] : [this.#disorder];
  }

  #wrong(record: JsonRecord): string | null {
    const first = this.#records === 0;
    if ((textField(record, "type") === "session_meta") !== first)
      return first ? "a record before the header" : "a second header";
    const ordinal = field(record, "ordinal");
    if (first) this.#numbered = ordinal !== undefined;
    return this.#numbered ? this.#wrongNumber(ordinal) : this.#wrongTime(textField(record, "timestamp"));
  }

  #wrongNumber(ordinal: unknown): string | null {
    const fits = ordinal === this.#ordinal + 1;
    if (typeof ordinal === "number") this.#ordinal = ordinal;
    return fits ? null : "a number is missing, or was there before";
  }

  #wrongTime(timestamp: string): string | null {
    const earlier = TIMESTAMP.test(timestamp) && timestamp < this.#timestamp;
    if (TIMESTAMP.test(timestamp)) this.#timestamp = timestamp;
    return earlier ? "a time before that of the record above" : null;
  }
}
