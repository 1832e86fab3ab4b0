import { Option, type Command } from "commander";
import { escapeText } from "@stage6/evidence-interface";
import { rootLayout } from "@stage6/evidence-interface/fs";
import type { Fixture } from "@stage6/lane-contract";
import { addFixture, RunnerError, type FixtureSource } from "@stage6/runner";
import type { Perform } from "../build-program.ts";
import { addFixturesOwn } from "./fixtures-own.ts";
import { CliError } from "../cli-error.ts";
import { commandLine, shellQuote } from "../command-context.ts";
import { spokenSystemCode } from "../describe-error.ts";
import { EXIT } from "../exit-code.ts";
import { readFixtureSource, type FixtureWish } from "../fixture-source.ts";
import { openRoot } from "../open-root.ts";
import { listFixtures, readFixtures } from "../read-fixtures.ts";
import { textTable } from "../text-table.ts";

interface AddOptions {
  readonly from: string;
  readonly base: string;
  readonly task: string;
  readonly allow: string[];
  readonly oracle?: string[];
  readonly oracleFiles?: string;
  readonly id?: string;
  readonly title?: string;
  readonly expects: Fixture["expects"];
  readonly script?: string;
  readonly owner?: string;
  readonly consent?: string;
  readonly command: string[];
}

const HELP = `
The words after --oracle are the command that decides, up to the next option of this verb; one quoted text works too:
  stage6 fixtures add --from ../shop --base main --task task.md --allow 'src/**' --owner me \\
    --consent 'mine, noncritical, copies may be changed' --oracle node --test
  stage6 fixtures add --from ../shop --base main --task task.md --allow 'src/**' -- node --test --watch=false
Each --command 'test=npm test' lets a model run that command by its name; lanes that can offer these in place of a shell (pi).
Without --owner and --consent there is no ownership record, and no lane is started on the fixture; stage6 fixtures own adds one.
The repository is only read. Its base commit is copied with its history into the harness root.`;

/** `fixtures`: lists the fixtures of a root, and makes one out of a git repository. */
export function addFixtures(program: Command, perform: Perform): void {
  const fixtures = program
    .command("fixtures")
    .description("list the fixtures of a harness root, or add one from a git repository")
    .helpCommand(false);
  perform(fixtures.command("list").description("show the fixtures of the harness root"), async (context) => {
    const root = await openRoot(context.root, context.shownRoot, context.now);
    const loaded = (await listFixtures(root.path)).length === 0 ? [] : await readFixtures(root.path, null);
    const rows = loaded.map(({ fixture }) => [
      fixture.id,
      fixture.expects,
      fixture.repository.baseCommit.slice(0, 12),
      fixture.allowedPaths.map(escapeText).join(" "),
      escapeText(fixture.title),
    ]);
    const table = textTable([["fixture", "expects", "base", "allowed paths", "title"], ...rows]);
    return {
      exitCode: EXIT.holds,
      text: `${table.join("\n")}\n`,
      data: { fixtures: loaded.map(({ fixture, digest }) => ({ digest, ...fixture })) },
    };
  });
  addFixturesOwn(fixtures, perform);
  perform<AddOptions>(addCommand(fixtures), async (context, options, words) => {
    const root = await openRoot(context.root, context.shownRoot, context.now);
    const source = await readFixtureSource(context.io.cwd, wishOf(options, words, context.now));
    const fixture = await addOrExplain(rootLayout(root.path).fixtures, source);
    const text = [
      `Added fixture ${fixture.id}: ${escapeText(fixture.title)}`,
      `  base commit:   ${fixture.repository.baseCommit}`,
      `  allowed paths: ${fixture.allowedPaths.map(escapeText).join(" ")}`,
      `  oracle:        ${escapeText(fixture.oracle.argv.map(shellQuote).join(" "))}${fixture.oracle.files.length === 0 ? "" : ` (with ${fixture.oracle.files.length} files of its own)`}`,
      ...(fixture.commands === undefined
        ? []
        : [
            `  commands:      ${fixture.commands.map(({ name, argv }) => `${name} (${escapeText(argv.map(shellQuote).join(" "))})`).join(", ")}`,
          ]),
      `  scripted run:  ${fixture.script === null ? "no script: the scripted model looks around and changes nothing" : `${fixture.script.steps.length} steps`}`,
      `  ownership:     ${source.consent === null ? "no record: no lane is started on it (give --owner and --consent)" : `owned-noncritical, ${escapeText(source.consent.owner)}`}`,
      `Next: ${commandLine(context, source.consent === null ? ["fixtures", "own", fixture.id, "--owner", "NAME", "--consent", "TEXT"] : ["plan", "--fixtures", fixture.id])}`,
    ];
    return { exitCode: EXIT.holds, text: `${text.join("\n")}\n`, data: { fixture } };
  });
}

function addCommand(fixtures: Command): Command {
  return fixtures
    .command("add")
    .description("make a fixture out of a git repository, a task and an oracle")
    .argument("[command...]", "the oracle's command, after --")
    .requiredOption("--from <repository>", "git repository; only read, never changed")
    .requiredOption("--base <commit>", "commit, tag or branch that the task starts from")
    .requiredOption("--task <file>", "text of the task")
    .requiredOption("--allow <globs...>", "paths the lane may change: literal segments, *, ? and **")
    .option("--oracle <words...>", "command that decides whether the task is done; exit 0 passes")
    .option("--oracle-files <folder>", "files laid over the result before the oracle runs")
    .option("--id <id>", "id of the fixture (default: the repository's name)")
    .option("--title <text>", "one line (default: the task's first line)")
    .addOption(
      new Option("--expects <what>", "whether the right result changes the tree")
        .choices(["change", "no-change"])
        .default("change"),
    )
    .option("--owner <name>", "who owns the repository; with --consent, for the ownership record")
    .option(
      "--consent <statement>",
      "the owner's words: that lanes may change copies of it, and that it is noncritical",
    )
    .option(
      "--command <name=command...>",
      "a command that the model may run by its name; may be repeated",
      [],
    )
    .option("--script <file>", "JSON script of the scripted model (default: it changes nothing)")
    .addHelpText("after", HELP);
}

function wishOf(options: AddOptions, words: readonly string[], now: string): FixtureWish {
  const {
    from,
    base,
    task,
    allow,
    oracle,
    oracleFiles,
    id,
    title,
    expects,
    script,
    owner,
    consent,
    command,
  } = options;
  return {
    from,
    base,
    task,
    allow,
    oracle: [...(oracle ?? []), ...words],
    oracleFiles: oracleFiles ?? null,
    id: id ?? null,
    title: title ?? null,
    expects,
    script: script ?? null,
    owner: owner ?? null,
    consent: consent ?? null,
    commands: command,
    today: now.slice(0, 10),
  };
}

/** Adds the fixture; a fault of what the user gave is a usage error. */
async function addOrExplain(folder: string, source: FixtureSource): Promise<Fixture> {
  try {
    return await addFixture(folder, source);
  } catch (error) {
    if (!(error instanceof RunnerError) || (error.code !== "FIXTURE_INVALID" && error.code !== "GIT_FAILED"))
      throw error;
    if (spokenSystemCode(error.message) !== null) throw error;
    const remedy =
      error.code === "GIT_FAILED"
        ? "Check that --from is the top folder of a git repository and that --base names a commit in it."
        : "Correct the named option; nothing was written.";
    throw new CliError("USAGE", EXIT.usage, error.message, { remedy, cause: error });
  }
}
