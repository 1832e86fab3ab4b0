import { resolve } from "node:path";
import type { Timestamp } from "@stage6/evidence-interface";
import type { CliIo } from "./cli-io.ts";
import { programOf } from "./copyable.ts";

/** Options that every verb takes. */
export interface CommonOptions {
  readonly harnessRoot: string;
  readonly json?: boolean;
  /** Milliseconds since 1970. */
  readonly now?: number;
}

/** What a verb works with. */
export interface CommandContext {
  readonly io: CliIo;
  /** Harness root, absolute. */
  readonly root: string;
  /** Harness root as the user wrote it. */
  readonly shownRoot: string;
  readonly now: Timestamp;
  /** One line of progress to stderr. */
  readonly log: (line: string) => void;
  /** How this tool was called, for commands that a reader can copy: `stage6`, or the npm script of the repository. */
  readonly program: string;
}

/** The context of one call. */
export function makeContext(io: CliIo, options: CommonOptions): CommandContext {
  const { harnessRoot } = options;
  return {
    io,
    root: resolve(io.cwd, harnessRoot),
    shownRoot: harnessRoot,
    now: new Date(options.now ?? io.now()).toISOString(),
    log: (line) => io.err(`${line}\n`),
    program: programOf(io.env),
  };
}

/** A word for a shell: quoted only where it has to be, and in printable ASCII (`$'\\u00e9'`) where the word is not. */
export function shellQuote(word: string): string {
  if (/[^\x20-\x7e]/.test(word))
    return `$'${word.replaceAll(/[\\']/g, "\\$&").replaceAll(/[^\x20-\x7e]/gu, ansiEscape)}'`;
  return /^[A-Za-z0-9_./:@%+=,~^-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A character as bash, zsh and ksh read it inside of `$'...'`. */
function ansiEscape(character: string): string {
  return `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`;
}

/** A command of this tool that a reader can copy, for this harness root. */
export function commandLine(context: CommandContext, words: readonly string[]): string {
  const root = context.shownRoot === "harness" ? [] : ["--harness-root", context.shownRoot];
  return `${context.program} ${[...words, ...root].map(shellQuote).join(" ")}`;
}
