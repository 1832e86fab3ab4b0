import type { DraftRaw } from "@stage6/lane-contract";
import { isCall, type SessionEntry } from "./session-call.ts";

/** One item of the main stream, with the moments at which it was first and last printed. */
export interface ShownItem {
  /** Keys of the session entry behind it, most telling first. */
  readonly keys: readonly string[];
  /** The record that printed it first. */
  readonly raw: DraftRaw;
  /** A command, whose end Codex may tell late. */
  readonly isCommand: boolean;
  readonly opened: number;
  /** Null while it was not completed, and for an item that is completed by the end of its turn. */
  closed: number | null;
}

/** How the main stream and the session file go together. */
export interface SessionMatch {
  /** Entries that the main stream does not show. */
  readonly unshown: ReadonlySet<SessionEntry>;
  /** The first item that stands where the session cannot have it; null when there is none. */
  readonly misplaced: ShownItem | null;
}

/** Entries by key, each taken once; those of rounds that are over only when no other is left. */
class Waiting {
  readonly #ahead = new Map<string, SessionEntry[]>();
  readonly #behind = new Map<string, SessionEntry[]>();
  readonly #taken = new Set<SessionEntry>();

  constructor(entries: readonly SessionEntry[]) {
    for (const entry of entries.toReversed()) for (const key of entry.keys) push(this.#ahead, key, entry);
  }

  take(keys: readonly string[], round: number): SessionEntry | null {
    for (const key of keys) {
      const queue = this.#ahead.get(key) ?? [];
      for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
        if (this.#taken.has(entry)) continue;
        if (entry.round < round) push(this.#behind, key, entry);
        else return this.#take(entry);
      }
    }
    for (const key of keys) {
      const late = this.#behind.get(key)?.find((entry) => !this.#taken.has(entry));
      if (late !== undefined) return this.#take(late);
    }
    return null;
  }

  has(entry: SessionEntry): boolean {
    return !this.#taken.has(entry);
  }

  #take(entry: SessionEntry): SessionEntry {
    this.#taken.add(entry);
    return entry;
  }
}

function push(queues: Map<string, SessionEntry[]>, key: string, entry: SessionEntry): void {
  const queue = queues.get(key);
  if (queue === undefined) queues.set(key, [entry]);
  else queue.push(entry);
}

/** How far the main stream has come, in records of the session. */
class Progress {
  #round = 0;
  #call = -1;
  #said = -1;
  /** The newest call or message that began. */
  #newest = -1;
  /** The newest record of a completed command. */
  #completed = -1;

  get round(): number {
    return this.#round;
  }

  /** Whether an entry may begin now. */
  opens(entry: SessionEntry): boolean {
    const fits = entry.round >= this.#round && this.#completed < (isCall(entry) ? Infinity : entry.at);
    const follows = isCall(entry) || entry.at > Math.max(this.#call, this.#said);
    this.#round = Math.max(this.#round, entry.round);
    if (isCall(entry)) this.#call = Math.max(this.#call, entry.at);
    else this.#said = Math.max(this.#said, entry.at);
    this.#newest = Math.max(this.#newest, entry.at);
    return fits && follows;
  }

  /** Whether the item of an entry may be completed now. */
  closes(entry: SessionEntry, isCommand: boolean): boolean {
    if (!isCall(entry)) return true;
    if (!isCommand) return entry.round >= this.#round;
    // Codex watches a command apart from its calls, and may tell its end long after the model had its output.
    if (entry.completedAt === null) return true;
    this.#completed = Math.max(this.#completed, entry.completedAt);
    return entry.completedAt > this.#newest;
  }
}

/**
 * Holds the order of the main stream against that of the session file, which were written by different parts of Codex.
 * What must be ordered: an answer of the model before the next one, with its calls begun and over, and inside an answer a
 * message before what follows it. Calls of one answer run side by side, so their order is free. The end of a command is
 * told by a watcher of its own: where the session has a record of it (from 0.150) it stands as there among messages and
 * beginnings, else anywhere behind its beginning (0.125 printed it behind the next answer in 6 of 18 trials on a loaded
 * machine). Item ids differ from call ids, so an item takes the first free entry with one of its keys: equal ones are
 * interchangeable, and one that was never shown lets the next be taken.
 */
export function matchSession(entries: readonly SessionEntry[], shown: readonly ShownItem[]): SessionMatch {
  const waiting = new Waiting(entries);
  const taken = new Map<ShownItem, SessionEntry>();
  const progress = new Progress();
  let misplaced: ShownItem | null = null;
  for (const { item, closes } of moments(shown)) {
    const entry = closes ? taken.get(item) : waiting.take(item.keys, progress.round);
    if (entry === undefined || entry === null) continue;
    taken.set(item, entry);
    const fits = closes ? progress.closes(entry, item.isCommand) : progress.opens(entry);
    if (!fits) misplaced ??= item;
  }
  return { unshown: new Set(entries.filter((entry) => waiting.has(entry))), misplaced };
}

function moments(shown: readonly ShownItem[]): { readonly item: ShownItem; readonly closes: boolean }[] {
  return shown
    .flatMap((item) => [
      { item, closes: false, at: item.opened },
      ...(item.closed === null ? [] : [{ item, closes: true, at: item.closed }]),
    ])
    .toSorted((a, b) => a.at - b.at);
}
