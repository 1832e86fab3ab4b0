import { short } from "./short-text.ts";

/** Gives every tool call of a translation an id of its own: the backend's, or the backend's with a number behind it. */
export class CallIds {
  readonly #used = new Set<string>();
  readonly #next = new Map<string, number>();

  /** A new id near `wanted`, 1 to 256 code points. */
  take(wanted: string): string {
    const base = short(wanted === "" ? "call" : wanted, 240);
    let id = base;
    for (let number = this.#next.get(base) ?? 2; this.#used.has(id); number += 1) {
      id = `${base}~${number}`;
      this.#next.set(base, number + 1);
    }
    this.#used.add(id);
    return id;
  }
}
