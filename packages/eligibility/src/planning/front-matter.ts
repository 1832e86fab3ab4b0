import type { PlanningFile, PlanningFinding } from "./planning-finding.ts";

/** One value of a front matter. */
export interface FrontMatterValue {
  readonly value: string;
  readonly line: number;
}

/** Front matter as far as it could be read. */
export interface FrontMatter {
  readonly values: ReadonlyMap<string, FrontMatterValue>;
  /** Lines it takes from the start of the file. */
  readonly lines: number;
  readonly findings: readonly PlanningFinding[];
}

const KEY = /^[a-z][a-z0-9_]*(?=:)/;

/**
 * Parses front matter in either form that planning artifacts have: a block of `key: value` lines between two lines of
 * `---`, or a Markdown table with one row of keys and one of values. Values are flat text: a list or a nested mapping
 * is a finding.
 */
export function parseFrontMatter({ file, text }: PlanningFile): FrontMatter {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  const start = lines.findIndex((line) => line.trim() !== "");
  const first = lines[start] ?? "";
  const reader = new FrontMatterReader(file);
  if (first === "---") return reader.block(lines, start);
  if (first.startsWith("|")) return reader.table(lines, start);
  return reader.none();
}

class FrontMatterReader {
  readonly #file: string;
  readonly #values = new Map<string, FrontMatterValue>();
  readonly #findings: PlanningFinding[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  none(): FrontMatter {
    this.#fault(1, null, "front matter at the start: a block between two lines of ---, or a table");
    return this.#result(0);
  }

  block(lines: readonly string[], start: number): FrontMatter {
    const end = lines.indexOf("---", start + 1);
    if (end < 0) {
      this.#fault(start + 1, null, "a line of --- that ends the front matter");
      return this.#result(0);
    }
    for (let at = start + 1; at < end; at += 1) {
      const line = lines[at] ?? "";
      const key = KEY.exec(line)?.[0];
      if (key === undefined) this.#fault(at + 1, line, "key: value");
      else this.#set(key, unquote(line.slice(key.length + 1).trim()), at + 1);
    }
    return this.#result(end + 1);
  }

  table(lines: readonly string[], start: number): FrontMatter {
    const keys = cells(lines[start] ?? "");
    const values = cells(lines[start + 2] ?? "");
    if (!/^\|[ :|-]+\|$/.test((lines[start + 1] ?? "").trim()) || keys.length !== values.length)
      this.#fault(
        start + 1,
        lines[start] ?? null,
        "a table with one row of keys and one row of as many values",
      );
    else keys.forEach((key, index) => this.#set(key, values[index] ?? "", start + 3));
    return this.#result(start + 3);
  }

  #set(key: string, value: string, line: number): void {
    if (this.#values.has(key)) this.#fault(line, key, "each key once");
    else if (/^[[{>|&*!]/.test(value)) this.#fault(line, `${key}: ${value}`, "flat text");
    else this.#values.set(key, { value, line });
  }

  #fault(line: number, found: string | null, expected: string): void {
    this.#findings.push({ code: "PLANNING_FRONT_MATTER", file: this.#file, line, found, expected });
  }

  #result(lines: number): FrontMatter {
    return { values: this.#values, lines, findings: this.#findings };
  }
}

const cells = (row: string): string[] =>
  row
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => cell.trim());

const unquote = (value: string): string =>
  /^"[^"]*"$/.test(value) || /^'[^']*'$/.test(value) ? value.slice(1, -1) : value;
