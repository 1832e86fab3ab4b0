import { boundedText } from "./bounded-text.ts";

/** A tool call that the model asked for; `arguments` at most 4096 code points, `truncated` when they were longer. */
export interface AskedCall {
  readonly name: string;
  readonly arguments: string;
  readonly truncated: boolean;
}

const MAX_CODE_POINTS = 4096;
/** Twice the code points: enough UTF-16 units to cut at a code point. */
const MAX_UNITS = MAX_CODE_POINTS * 2;
/** Most calls of one answer that may be open at a time. */
const MAX_OPEN = 256;

/** Tool calls whose parts arrive in pieces. Each call is emitted once: when it is closed, pushed out, or at `flush`. */
export class OpenCalls {
  readonly #emit: (call: AskedCall) => void;
  readonly #open = new Map<string, { name: string; text: string; truncated: boolean }>();

  constructor(emit: (call: AskedCall) => void) {
    this.#emit = emit;
  }

  /** Whether a call with this key is open. */
  has(key: string): boolean {
    return this.#open.has(key);
  }

  /** Starts a call; one that is already open under this key is emitted first, so none is lost. */
  open(key: string, name: string): void {
    this.close(key);
    for (const oldest of this.#open.keys()) {
      if (this.#open.size < MAX_OPEN) break;
      this.close(oldest);
    }
    this.#open.set(key, { name, text: "", truncated: false });
  }

  /** Adds a piece of the arguments; opens a nameless call when the start was never seen. */
  append(key: string, piece: string): void {
    if (!this.#open.has(key)) this.open(key, "");
    const call = this.#open.get(key);
    if (call === undefined) return;
    const room = MAX_UNITS - call.text.length;
    if (piece.length > room) call.truncated = true;
    if (room > 0) call.text += piece.slice(0, room);
  }

  /** Ends a call and emits it; `name` and `whole` win over what was collected when they are not empty. */
  close(key: string, name = "", whole = ""): void {
    const call = this.#open.get(key);
    if (call === undefined) return;
    this.#open.delete(key);
    const all = whole === "" ? call.text : whole.slice(0, MAX_UNITS);
    const bounded = boundedText(all, MAX_CODE_POINTS);
    const truncated = whole === "" ? call.truncated : whole.length > MAX_UNITS;
    this.#emit({
      name: boundedText(name || call.name, 256),
      arguments: bounded,
      truncated: truncated || bounded.length < all.length,
    });
  }

  /** Emits a call that came in one piece. */
  whole(name: string, whole: string): void {
    this.open("whole", name);
    this.close("whole", name, whole);
  }

  /** Emits whatever is still open: an answer that was cut inside a call has asked for it all the same. */
  flush(): void {
    for (const key of this.#open.keys()) this.close(key);
  }
}
