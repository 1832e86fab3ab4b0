import { tmpdir } from "node:os";
import { escapeText } from "@stage6/evidence-interface";
import { CommanderError } from "commander";
import { buildProgram } from "./build-program.ts";
import type { CliIo } from "./cli-io.ts";
import { makeContext, type CommandContext, type CommonOptions } from "./command-context.ts";
import { renderJson, type CommandResult } from "./command-result.ts";
import { copyable } from "./copyable.ts";
import { describeError } from "./describe-error.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { moveOracleWords } from "./oracle-words.ts";
import { paint } from "./paint.ts";
import { CliError } from "./cli-error.ts";
import { errorResult, renderError } from "./render-error.ts";
import { LINE_CONTROLS, terminalJson, terminalText } from "./terminal-text.ts";

/** Runs one command line and returns its exit code. Never throws; writes results to `io.out` and everything else to `io.err`. */
export async function main(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  const call = new Call(argv, io);
  try {
    await call.run();
  } catch (error) {
    call.fail(error);
  }
  return call.exitCode;
}

/** What a usage error says, without the word in front and without the help text. */
const usageMessage = (text: string): string =>
  text
    .replace(/^error: /, "")
    .trim()
    .replaceAll("\n", " ");

/** Every word before `--` is on one line: what stands behind it may be the text of a program. Throws USAGE. */
function assertOneLined(argv: readonly string[]): void {
  const dashes = argv.indexOf("--");
  const word = (dashes < 0 ? argv : argv.slice(0, dashes)).find((one) => LINE_CONTROLS.test(one));
  if (word === undefined) return;
  throw new CliError("USAGE", EXIT.usage, `a word holds line breaks or other controls: ${escapeText(word)}`, {
    remedy: "Write it on one line, without controls.",
  });
}

class Call {
  exitCode: ExitCode = EXIT.internal;
  readonly #argv: readonly string[];
  readonly #io: CliIo;
  readonly #json: boolean;
  #command = "stage6";
  #context: CommandContext;
  #verbs: readonly (readonly [string, string | null])[] = [];
  #help = "";
  #complaint = "";

  constructor(argv: readonly string[], io: CliIo) {
    this.#argv = moveOracleWords(argv);
    this.#io = { ...io, err: (text) => io.err(terminalText(text)) };
    const dashes = this.#argv.indexOf("--");
    this.#json = (dashes < 0 ? this.#argv : this.#argv.slice(0, dashes)).includes("--json");
    this.#context = makeContext(this.#io, { harnessRoot: "harness" });
  }

  async run(): Promise<void> {
    assertOneLined(this.#argv);
    const program = buildProgram({
      onResult: (command, options, work) => this.#work(command, options, work),
      writeOut: (text) => void (this.#help += text),
      writeErr: (text) => void (this.#complaint += text),
    });
    this.#verbs = program.commands.flatMap((verb) => [
      [verb.name(), null] as const,
      ...verb.commands.map((one) => [verb.name(), one.name()] as const),
    ]);
    try {
      await program.parseAsync([...this.#argv], { from: "user" });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      this.#ended(error);
    }
  }

  fail(error: unknown): void {
    const described = describeError(error, [this.#context.root, tmpdir()]);
    if (
      described.exitCode === EXIT.internal &&
      this.#io.env["STAGE6_DEBUG"] === "1" &&
      error instanceof Error
    )
      this.#io.err(`${error.stack ?? ""}\n`);
    this.#io.err(copyable(renderError(described), this.#io.env));
    this.#finish(errorResult(described));
  }

  async #work(
    command: string,
    options: CommonOptions,
    work: (context: CommandContext) => Promise<CommandResult>,
  ): Promise<void> {
    this.#command = command;
    this.#context = makeContext(this.#io, options);
    this.#finish(await work(this.#context));
  }

  /** Commander ended the call by itself: help or version were asked for, or the command line is wrong. */
  #ended(error: CommanderError): void {
    if (error.exitCode === 0)
      return this.#finish({ exitCode: EXIT.holds, text: this.#help, data: { help: this.#help.trimEnd() } });
    this.#command = this.#verb();
    const noVerb = error.code === "commander.help";
    const message = noVerb
      ? "a verb is missing"
      : usageMessage(this.#complaint === "" ? error.message : this.#complaint);
    const help = `${this.#context.program} ${[...(this.#command === "stage6" ? [] : [this.#command]), "--help"].join(" ")}`;
    this.#io.err(noVerb ? `${this.#complaint}` : `stage6: ${message}\nNext: ${help}\n`);
    this.#finish(
      errorResult({
        exitCode: EXIT.usage,
        code: "USAGE",
        message,
        remedy: help,
        details: null,
        findings: [],
      }),
    );
  }

  /** The verb that a wrong command line was meant for, as far as it can be told. */
  #verb(): string {
    const names = this.#verbs.filter(
      ([first, second]) => this.#argv.includes(first) && (second === null || this.#argv.includes(second)),
    );
    return (
      names.map(([first, second]) => (second === null ? first : `${first} ${second}`)).at(-1) ?? "stage6"
    );
  }

  #finish(result: CommandResult): void {
    this.exitCode = result.exitCode;
    const { now, shownRoot } = this.#context;
    if (this.#json)
      this.#io.out(terminalJson(renderJson({ command: this.#command, now, harnessRoot: shownRoot }, result)));
    else if (result.text !== "") {
      const text = terminalText(copyable(result.text, this.#io.env));
      this.#io.out(this.#io.color ? paint(text) : text);
    }
  }
}
