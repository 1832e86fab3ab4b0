import { Command } from "commander";
import { addAccept } from "./commands/accept.ts";
import { addAdmitSource } from "./commands/admit-source.ts";
import { addBackends } from "./commands/backends.ts";
import { addCompare } from "./commands/compare.ts";
import { addFixtures } from "./commands/fixtures.ts";
import { addHealth } from "./commands/health.ts";
import { addInit } from "./commands/init.ts";
import { addNotApplicable } from "./commands/not-applicable.ts";
import { addLanes } from "./commands/lanes.ts";
import { addOperator } from "./commands/operator.ts";
import { addMatrix } from "./commands/matrix.ts";
import { addPlan } from "./commands/plan.ts";
import { addProbe } from "./commands/probe.ts";
import { addRecord } from "./commands/record.ts";
import { addRehearse } from "./commands/rehearse.ts";
import { addReplay } from "./commands/replay.ts";
import { addReport } from "./commands/report.ts";
import { addRevoke } from "./commands/revoke.ts";
import { addRun } from "./commands/run.ts";
import { addSignPolicy } from "./commands/sign-policy.ts";
import { addStage5 } from "./commands/stage5.ts";
import { addStatus } from "./commands/status.ts";
import { addValidatePlanning } from "./commands/validate-planning.ts";
import { addValidate } from "./commands/validate.ts";
import type { CommandContext, CommonOptions } from "./command-context.ts";
import type { CommandResult } from "./command-result.ts";
import { parsePath, parseTime } from "./parse-options.ts";
import { TOOL } from "./tool.ts";

/** What a program does with its results and its words. */
export interface ProgramHooks {
  readonly onResult: (
    command: string,
    options: CommonOptions,
    work: (context: CommandContext) => Promise<CommandResult>,
  ) => Promise<void>;
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
}

/** Registers the body of a verb: how it is called, and what it does with context and options. */
export type Perform = <O extends object>(
  command: Command,
  work: (context: CommandContext, options: O, words: readonly string[]) => Promise<CommandResult>,
) => void;

const DESCRIPTION =
  "Decides from evidence alone whether a coding-agent backend may be recorded as candidate default. Activates nothing.";
const EXIT_CODES = `
Exit codes: 0 holds, 1 refused, 2 usage, 3 evidence invalid, 4 not comparable, 5 inconclusive, 70 internal error, 130 interrupted.
Start with: stage6 rehearse`;

/** The command line with all its verbs. Runs nothing until it parses. */
export function buildProgram(hooks: ProgramHooks): Command {
  const program = new Command("stage6");
  program
    .description(DESCRIPTION)
    .version(TOOL.version, "--version", "print the version")
    .option("--harness-root <folder>", "folder of the harness root", parsePath, "harness")
    .option("--json", "print one JSON document on stdout, also on error")
    .option("--now <time>", "the time to judge and record at, ISO 8601 (default: the clock)", parseTime)
    .helpOption("--help", "print help")
    .helpCommand(false)
    .addHelpText("after", EXIT_CODES)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: hooks.writeOut, writeErr: hooks.writeErr })
    .exitOverride();
  const perform: Perform = (command, work) =>
    void command.action(async (...given: unknown[]) => {
      const words = given.flatMap((one) =>
        Array.isArray(one)
          ? one.filter((word): word is string => typeof word === "string")
          : typeof one === "string"
            ? [one]
            : [],
      );
      await hooks.onResult(nameOf(command), program.opts<CommonOptionsOf>(), (context) =>
        work(context, command.opts(), words),
      );
    });
  for (const add of [
    addInit,
    addProbe,
    addBackends,
    addFixtures,
    addLanes,
    addPlan,
    addNotApplicable,
    addRun,
    addCompare,
    addMatrix,
    addReplay,
    addValidate,
    addStatus,
    addOperator,
    addSignPolicy,
    addStage5,
    addAdmitSource,
    addAccept,
    addRecord,
    addRevoke,
    addReport,
    addHealth,
    addValidatePlanning,
    addRehearse,
  ])
    add(program, perform);
  return program;
}

interface CommonOptionsOf extends CommonOptions, Record<string, unknown> {}

function nameOf(command: Command): string {
  const parent = command.parent?.name() ?? "stage6";
  return parent === "stage6" ? command.name() : `${parent} ${command.name()}`;
}
