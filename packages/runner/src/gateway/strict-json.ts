import { MAX_JSON_DEPTH } from "./bounded-json.ts";
import type { JsonRecord } from "./json-view.ts";

/** Most brackets, commas and colons of a request: its reader holds up the harness while it reads. */
export const MAX_REQUEST_MARKS = 1_000_000;
/** Longest number, UTF-16 units; a number is passed on as it was written, so that no digit of it is lost. */
const MAX_NUMBER_UNITS = 128;

/** Why a text was not read: no JSON (or beyond the bounds), or an object that names a key twice, which readers understand differently. */
export type JsonFault = "not-json" | "repeated-key";

/** A JSON object with the text written again from what was read: keys in their order, numbers as written, no white space. */
export type StrictJson =
  | { readonly ok: true; readonly value: JsonRecord; readonly text: string }
  | { readonly ok: false; readonly fault: JsonFault };

class Fault extends Error {
  readonly fault: JsonFault;

  constructor(fault: JsonFault) {
    super(fault);
    this.fault = fault;
  }
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const SPACES = new Set([" ", "\t", "\n", "\r"]);
/** What makes a string literal more than the characters that stand in it. */
const NOT_PLAIN = /[\\\p{Cc}]/u;
const WORDS = { t: ["true", true], f: ["false", false], n: ["null", null] } as const;

/** One pass over a text that reads the value and writes it: what is passed on cannot differ from what was judged. */
class StrictReader {
  readonly #text: string;
  readonly #out: string[] = [];
  #at = 0;
  #depth = 0;
  #marks = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): { readonly value: JsonRecord; readonly text: string } {
    this.#space();
    if (this.#text[this.#at] !== "{") throw new Fault("not-json");
    const value = this.#object();
    this.#space();
    if (this.#at !== this.#text.length) throw new Fault("not-json");
    return { value, text: this.#out.join("") };
  }

  #space(): void {
    while (SPACES.has(this.#text[this.#at] ?? "")) this.#at += 1;
  }

  #mark(): void {
    this.#marks += 1;
    if (this.#marks > MAX_REQUEST_MARKS) throw new Fault("not-json");
  }

  /** Takes the one character that has to come, after white space, and writes it; false when another comes. */
  #takes(character: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    this.#mark();
    this.#out.push(character);
    return true;
  }

  #value(): unknown {
    this.#space();
    const first = this.#text[this.#at] ?? "";
    switch (first) {
      case "{":
        return this.#object();
      case "[":
        return this.#array();
      case '"':
        return this.#string();
      case "t":
      case "f":
      case "n": {
        const [word, value] = WORDS[first];
        if (!this.#text.startsWith(word, this.#at)) throw new Fault("not-json");
        this.#at += word.length;
        this.#out.push(word);
        return value;
      }
      default: {
        NUMBER.lastIndex = this.#at;
        const number = NUMBER.exec(this.#text)?.[0] ?? "";
        if (number === "" || number.length > MAX_NUMBER_UNITS) throw new Fault("not-json");
        this.#at += number.length;
        this.#out.push(number);
        return Number(number);
      }
    }
  }

  /** Index of the quote that ends the string which begins here. */
  #endOfString(): number {
    let end = this.#text.indexOf('"', this.#at + 1);
    while (end >= 0) {
      let first = end;
      while (this.#text[first - 1] === "\\") first -= 1;
      if ((end - first) % 2 === 0) return end;
      end = this.#text.indexOf('"', end + 1);
    }
    throw new Fault("not-json");
  }

  #string(): string {
    const end = this.#endOfString();
    const literal = this.#text.slice(this.#at, end + 1);
    this.#at = end + 1;
    if (!NOT_PLAIN.test(literal)) {
      this.#out.push(literal);
      return literal.slice(1, -1);
    }
    const value: unknown = JSON.parse(literal);
    if (typeof value !== "string") throw new Fault("not-json");
    this.#out.push(JSON.stringify(value));
    return value;
  }

  /** Reads what lies between two brackets, separated by commas. */
  #items(open: string, close: string, item: () => void): void {
    this.#depth += 1;
    if (this.#depth > MAX_JSON_DEPTH || !this.#takes(open)) throw new Fault("not-json");
    if (!this.#takes(close)) {
      do item();
      while (this.#takes(","));
      if (!this.#takes(close)) throw new Fault("not-json");
    }
    this.#depth -= 1;
  }

  #array(): unknown[] {
    const value: unknown[] = [];
    this.#items("[", "]", () => void value.push(this.#value()));
    return value;
  }

  #object(): JsonRecord {
    const value: Record<string, unknown> = {};
    this.#items("{", "}", () => {
      this.#space();
      if (this.#text[this.#at] !== '"') throw new Fault("not-json");
      const key = this.#string();
      if (Object.hasOwn(value, key)) throw new Fault("repeated-key");
      if (!this.#takes(":")) throw new Fault("not-json");
      const member = this.#value();
      // An assignment to this key would set the object's prototype.
      if (key === "__proto__")
        Object.defineProperty(value, key, {
          value: member,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      else value[key] = member;
    });
    return value;
  }
}

/** Reads a JSON object (RFC 8259, UTF-8) in which no object names a key twice, at bounded cost. Never throws. */
export const readStrictJson = (bytes: Uint8Array): StrictJson => {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { ok: true, ...new StrictReader(text).read() };
  } catch (error) {
    return { ok: false, fault: error instanceof Fault ? error.fault : "not-json" };
  }
};
