import { escapePath } from "../paths/escaped-path.ts";
import { classifyAttempt } from "./classify-attempt.ts";

/** One thing that came through the shims' pipe: a call of a tool, or a line that no shim wrote. */
export type ShimEntry =
  /** Whole argument vector, tool first. */
  | { readonly kind: "call"; readonly argv: readonly string[] }
  /** Text of the line, at most 200 characters. */
  | { readonly kind: "unreadable"; readonly text: string };

/** What came through the shims' pipe, in order, as far as it is kept. */
export interface ShimCallList {
  readonly entries: readonly ShimEntry[];
  /** Entries that are not kept because there were too many; attempts are kept past that bound, up to one of their own. */
  readonly flooded: number;
}

/** Longest line: what a shim writes at once, and the kernel passes on in one piece (PIPE_BUF on Linux, bytes). */
const MAX_LINE_BYTES = 4096;
/** Most entries that are kept, and most bytes of them. */
const MAX_ENTRIES = 10_000;
const MAX_BYTES = 16 * 2 ** 20;
/** Most attempts that are kept past that, each with a cut argument vector. */
const MAX_LATE_ATTEMPTS = 1000;
const MAX_LATE_WORDS = 20;
const MAX_TEXT = 200;
/** Most bytes of calls whose last part has not come yet; a command line of the kernel's largest size fits. */
const MAX_PENDING_BYTES = 16 * 2 ** 20;

const PART = /^([a-z]+) ([0-9]{1,10}) ([0-9]{1,5})\/([0-9]{1,5}) ([A-Za-z0-9+/]+={0,2})$/u;
const BEAT = /^beat ([0-9a-f-]{36}) ([0-9]{1,9})$/u;

interface Pending {
  readonly count: number;
  readonly parts: string[];
}

/** Reads what shims write, cut anywhere: calls whose parts are put together again, beats of the harness, and everything else as unreadable. Total, and bounded in memory. */
export class ShimCalls {
  readonly #token: string;
  readonly #entries: ShimEntry[] = [];
  readonly #pending = new Map<string, Pending>();
  #line: Buffer[] = [];
  #lineBytes = 0;
  #bytes = 0;
  #pendingBytes = 0;
  #lateAttempts = 0;
  #flooded = 0;
  #beats = 0;
  #missedBeat = false;

  /** `token` is the word that beats of the harness carry. */
  constructor(token: string) {
    this.#token = token;
  }

  /** Number of the last beat that came. */
  get beats(): number {
    return this.#beats;
  }

  /** Whether a beat is missing, came twice or came late: something else reads or writes the pipe. */
  get missedBeat(): boolean {
    return this.#missedBeat;
  }

  /** The next bytes of the pipe. */
  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      this.#append(chunk.subarray(from, end));
      this.#endLine();
      from = end + 1;
    }
    this.#append(chunk.subarray(from));
  }

  /** Everything that came; a line or a call that was not ended is unreadable. */
  end(): ShimCallList {
    this.#endLine();
    for (const [key, { parts, count }] of this.#pending)
      this.#unreadable(`${key}: ${parts.length} of ${count} parts`);
    this.#pending.clear();
    return { entries: this.#entries, flooded: this.#flooded };
  }

  #append(piece: Buffer): void {
    this.#lineBytes += piece.length;
    // One byte past the limit is kept, so that the line is seen to be too long.
    if (this.#lineBytes - piece.length <= MAX_LINE_BYTES)
      this.#line.push(Buffer.from(piece.subarray(0, MAX_LINE_BYTES + 1)));
  }

  #endLine(): void {
    const [line, bytes] = [Buffer.concat(this.#line), this.#lineBytes];
    this.#line = [];
    this.#lineBytes = 0;
    if (bytes === 0) return;
    const text = bytes >= MAX_LINE_BYTES ? "" : line.toString("latin1");
    const [, tool = "", pid = "", number, count, encoded] = PART.exec(text) ?? [];
    if (encoded !== undefined) return this.#part(`${tool} ${pid}`, Number(number), Number(count), encoded);
    const [, token, beat] = BEAT.exec(text) ?? [];
    if (token === this.#token) return this.#beat(Number(beat));
    this.#unreadable(escapePath(line.subarray(0, MAX_TEXT)));
  }

  #beat(number: number): void {
    if (number !== this.#beats + 1) this.#missedBeat = true;
    this.#beats = Math.max(this.#beats, number);
  }

  #part(key: string, number: number, count: number, encoded: string): void {
    const open = this.#pending.get(key) ?? { count, parts: [] };
    if (number !== open.parts.length + 1 || count !== open.count || number > count) {
      this.#drop(key);
      return this.#unreadable(`${key}: part ${number} of ${count} out of order`);
    }
    open.parts.push(encoded);
    if (number < count) {
      this.#pending.set(key, open);
      this.#pendingBytes += encoded.length;
      if (this.#pendingBytes > MAX_PENDING_BYTES) this.#dropAll();
      return;
    }
    this.#drop(key);
    const argv = decode(open.parts.join(""));
    if (argv === null) this.#unreadable(`${key}: no argument vector`);
    else this.#call(argv);
  }

  #drop(key: string): void {
    const open = this.#pending.get(key);
    if (open === undefined) return;
    this.#pending.delete(key);
    for (const part of open.parts) this.#pendingBytes -= part.length;
  }

  #dropAll(): void {
    this.#unreadable(`${this.#pending.size} calls with too much in parts that were never ended`);
    this.#pending.clear();
    this.#pendingBytes = 0;
  }

  #call(argv: readonly string[]): void {
    const bytes = argv.reduce((sum, word) => sum + word.length + 1, 0);
    if (this.#keep({ kind: "call", argv }, bytes)) return;
    if (this.#lateAttempts >= MAX_LATE_ATTEMPTS || classifyAttempt(argv) === null) return;
    this.#lateAttempts += 1;
    this.#flooded -= 1;
    const cut = argv.slice(0, MAX_LATE_WORDS).map((word) => word.slice(0, MAX_TEXT));
    this.#entries.push({ kind: "call", argv: cut });
  }

  #unreadable(text: string): void {
    this.#keep({ kind: "unreadable", text: text.slice(0, MAX_TEXT) }, MAX_TEXT);
  }

  /** Keeps an entry, or counts it when there is no room. */
  #keep(entry: ShimEntry, bytes: number): boolean {
    const fits = this.#entries.length < MAX_ENTRIES && this.#bytes + bytes <= MAX_BYTES;
    if (fits) {
      this.#entries.push(entry);
      this.#bytes += bytes;
    } else this.#flooded += 1;
    return fits;
  }
}

/** An argument vector, each word ended by NUL; null when it is none. */
function decode(encoded: string): string[] | null {
  const raw = Buffer.from(encoded, "base64");
  if (raw.at(-1) !== 0) return null;
  const argv: string[] = [];
  for (let from = 0; from < raw.length;) {
    const end = raw.indexOf(0, from);
    argv.push(escapePath(raw.subarray(from, end)));
    from = end + 1;
  }
  return argv;
}
