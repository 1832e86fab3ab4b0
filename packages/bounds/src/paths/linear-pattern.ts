/**
 * Regular expressions without captures and back references, matched in time linear in the text: every alternative is followed
 * at once (Thompson 1968), where the engine of the language tries one after the other and can need longer than a trial.
 */
export type LinearPattern = (text: string) => boolean;

type Step =
  | { readonly op: "code"; readonly code: number }
  /** Any code unit that ends no line, as `.` without flags. */
  | { readonly op: "any" }
  | { readonly op: "not-slash" }
  | { readonly op: "start" }
  | { readonly op: "end" }
  | { readonly op: "look"; readonly wanted: boolean; readonly body: readonly Step[] }
  /** Goes on at each of these distances from here. */
  | { readonly op: "fork"; readonly to: readonly number[] }
  | { readonly op: "match" };

const LINE_ENDS = new Set([0x0a, 0x0d, 0x2028, 0x2029]);
const SLASH = 0x2f;
const MAX_REPEAT = 8;

/**
 * Compiles the source of a regular expression without flags, matched against the beginning of a text. Throws SyntaxError for
 * what the matcher does not know: it knows literals, `.`, `[^/]`, anchors, groups, alternatives, looks ahead, `*`, `?` and `{m,n}`.
 */
export function compileLinear(source: string): LinearPattern {
  const parser = new Parser(source);
  const body: Step[] = [...parser.alternatives(), { op: "match" }];
  if (!parser.isAtEnd()) throw new SyntaxError(`unexpected end of a group in ${source}`);
  return (text) => runAt(body, text, 0);
}

/** Whether the steps reach a match from this place of the text. */
function runAt(steps: readonly Step[], text: string, from: number): boolean {
  let current = [0];
  const seen = new Int32Array(steps.length).fill(-1);
  for (let at = from; current.length > 0; at += 1) {
    const code = at < text.length ? text.charCodeAt(at) : -1;
    const next: number[] = [];
    const stack = current.toReversed();
    for (let pc = stack.pop(); pc !== undefined; pc = stack.pop()) {
      if (seen[pc] === at) continue;
      seen[pc] = at;
      const step = steps[pc];
      if (step === undefined) continue;
      switch (step.op) {
        case "match":
          return true;
        case "fork":
          for (const distance of step.to) stack.push(pc + distance);
          break;
        case "start":
          if (at === 0) stack.push(pc + 1);
          break;
        case "end":
          if (at === text.length) stack.push(pc + 1);
          break;
        case "look":
          if (runAt(step.body, text, at) === step.wanted) stack.push(pc + 1);
          break;
        case "code":
          if (code === step.code) next.push(pc + 1);
          break;
        case "any":
          if (code >= 0 && !LINE_ENDS.has(code)) next.push(pc + 1);
          break;
        case "not-slash":
          if (code >= 0 && code !== SLASH) next.push(pc + 1);
          break;
      }
    }
    if (at >= text.length) return false;
    current = next;
  }
  return false;
}

/** Turns the source into steps; each method gives those of what it read. */
class Parser {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  isAtEnd(): boolean {
    return this.#at === this.#source.length;
  }

  alternatives(): Step[] {
    let steps = this.#sequence();
    while (this.#take("|")) {
      const other = this.#sequence();
      steps = [
        { op: "fork", to: [1, steps.length + 2] },
        ...steps,
        { op: "fork", to: [other.length + 1] },
        ...other,
      ];
    }
    return steps;
  }

  #sequence(): Step[] {
    const steps: Step[] = [];
    while (!this.isAtEnd() && !this.#is("|") && !this.#is(")")) steps.push(...this.#repeated(this.#atom()));
    return steps;
  }

  #repeated(steps: readonly Step[]): Step[] {
    const [least, most] = this.#count();
    const once = Array.from({ length: least }, () => steps).flat();
    if (most === null)
      return [
        ...once,
        { op: "fork", to: [1, steps.length + 2] },
        ...steps,
        { op: "fork", to: [-steps.length - 1] },
      ];
    const maybe: Step[] = [{ op: "fork", to: [1, steps.length + 1] }, ...steps];
    return [...once, ...Array.from({ length: most - least }, () => maybe).flat()];
  }

  /** How often; null is without end. That a repeat is lazy changes nothing about whether there is a match. */
  #count(): readonly [number, number | null] {
    const [whole = "", least, most] =
      /^\{([0-9]),([0-9])\}/u.exec(this.#source.slice(this.#at, this.#at + 5)) ?? [];
    this.#at += whole.length;
    const count: readonly [number, number | null] =
      whole !== ""
        ? [Number(least), Number(most)]
        : this.#take("*")
          ? [0, null]
          : this.#take("?")
            ? [0, 1]
            : [1, 1];
    if ((count[1] ?? 0) > MAX_REPEAT) throw new SyntaxError(`too many repeats in ${this.#source}`);
    if (count[0] !== 1 || count[1] !== 1) this.#take("?");
    return count;
  }

  #atom(): Step[] {
    if (this.#take("(?:")) return this.#group();
    if (this.#take("(?!")) return [{ op: "look", wanted: false, body: [...this.#group(), { op: "match" }] }];
    if (this.#take("(?=")) return [{ op: "look", wanted: true, body: [...this.#group(), { op: "match" }] }];
    if (this.#take("[^/]") || this.#take("[^\\/]")) return [{ op: "not-slash" }];
    if (this.#take("^")) return [{ op: "start" }];
    if (this.#take("$")) return [{ op: "end" }];
    if (this.#take(".")) return [{ op: "any" }];
    const [escaped, hex] = /^\\u([0-9a-f]{4})/u.exec(this.#source.slice(this.#at, this.#at + 6)) ?? [];
    if (escaped !== undefined && hex !== undefined) {
      this.#at += escaped.length;
      return [{ op: "code", code: Number.parseInt(hex, 16) }];
    }
    if (this.#take("\\")) return this.#literal(/[A-Za-z0-9]/u);
    return this.#literal(/[\\()[\]{}|*+?]/u);
  }

  #group(): Step[] {
    const steps = this.alternatives();
    if (!this.#take(")")) throw new SyntaxError(`a group without an end in ${this.#source}`);
    return steps;
  }

  #literal(refused: RegExp): Step[] {
    const char = this.#source.charAt(this.#at);
    if (char === "" || refused.test(char)) throw new SyntaxError(`not known: ${char} in ${this.#source}`);
    this.#at += 1;
    return [{ op: "code", code: char.charCodeAt(0) }];
  }

  #is(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at += text.length;
    return true;
  }
}
