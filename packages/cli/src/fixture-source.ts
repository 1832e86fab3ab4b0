import { basename, extname, resolve } from "node:path";
import { checkDocument, Id, validateDocument } from "@stage6/evidence-interface";
import { errorCode, readSmallFile } from "@stage6/evidence-interface/fs";
import { CommandName, Script, type NamedCommand } from "@stage6/lane-contract";
import type { FixtureSource } from "@stage6/runner";
import { stat } from "node:fs/promises";
import { Value } from "typebox/value";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";
import { shellWords } from "./shell-words.ts";

/** What `fixtures add` was given. */
export interface FixtureWish {
  readonly from: string;
  readonly base: string;
  readonly task: string;
  readonly allow: readonly string[];
  /** Words of the oracle's command, or one text that is split like a shell does. */
  readonly oracle: readonly string[];
  readonly oracleFiles: string | null;
  readonly id: string | null;
  readonly title: string | null;
  readonly expects: FixtureSource["expects"];
  readonly script: string | null;
  /** Who owns the repository; null for a fixture without ownership record. */
  readonly owner: string | null;
  /** What the owner agrees to. */
  readonly consent: string | null;
  /** Named commands, each as `name=command`. */
  readonly commands: readonly string[];
  /** Day of the consent, `YYYY-MM-DD`. */
  readonly today: string;
}

const MAX_BYTES = 4 * 1024 * 1024;

const bad = (message: string, remedy?: string, cause?: unknown): CliError =>
  new CliError("USAGE", EXIT.usage, message, { ...(remedy === undefined ? {} : { remedy }), cause });

async function readText(path: string, option: string): Promise<string> {
  let bytes: Buffer | null;
  try {
    bytes = await readSmallFile(path, MAX_BYTES);
  } catch (error) {
    throw bad(`${option}: the file cannot be read (${errorCode(error)})`, undefined, error);
  }
  if (bytes === null) throw bad(`${option}: the file is larger than ${MAX_BYTES} bytes`);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw bad(`${option}: the file is not UTF-8 text`, undefined, error);
  }
}

async function assertFolder(path: string, option: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isDirectory()) throw bad(`${option}: there is no such folder`);
}

function readScript(text: string): Script {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw bad("--script: the file is not JSON", undefined, error);
  }
  const { value: script, findings } = checkDocument(Script, value, "--script");
  if (script === null)
    throw new CliError("USAGE", EXIT.usage, "--script: the file is no script", { findings });
  return script;
}

function oracleOf(words: readonly string[]): string[] {
  const [only = ""] = words;
  const argv = words.length === 1 ? shellWords(only) : [...words];
  if (argv === null) throw bad("--oracle: a quote is not closed");
  if (argv.length === 0)
    throw bad(
      "--oracle: a command is missing",
      'Give the command that decides, for example --oracle node --test, or --oracle "node --test".',
    );
  return argv;
}

/** The parts of `name=command`, the command split like a shell does. */
function commandOf(text: string): NamedCommand {
  const at = text.indexOf("=");
  const name = text.slice(0, Math.max(at, 0));
  const argv = shellWords(text.slice(at + 1));
  if (!Value.Check(CommandName, name) || argv === null || argv.length === 0)
    throw bad(
      `--command: ${JSON.stringify(text)} is not name=command`,
      "Give a name of small letters and the command, for example --command 'test=npm test'.",
    );
  return { name, argv };
}

/** A fixture id from a folder's name. */
export function idFrom(name: string): string {
  // The longest name of a folder; what is trimmed below would take quadratic time on a longer one.
  const id = basename(name, extname(name))
    .slice(0, 255)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, "-")
    .replaceAll(/^[-_]+|-+$/g, "");
  return id.slice(0, 64) || "fixture";
}

function consentOf({ owner, consent, today }: FixtureWish): FixtureSource["consent"] {
  if (owner === null && consent === null) return null;
  if (owner === null || consent === null)
    throw bad(
      `--${owner === null ? "owner" : "consent"}: is missing`,
      "An ownership record needs both: --owner <name> and --consent <statement>.",
    );
  return { owner, statement: consent, date: today };
}

/** Turns what the user gave into a fixture's source; every fault is a usage error that names the option. Reads, writes nothing. */
export async function readFixtureSource(cwd: string, wish: FixtureWish): Promise<FixtureSource> {
  const repository = resolve(cwd, wish.from);
  await assertFolder(repository, "--from");
  const task = await readText(resolve(cwd, wish.task), "--task");
  if (task.trim() === "") throw bad("--task: the file is empty");
  const oracleFolder = wish.oracleFiles === null ? null : resolve(cwd, wish.oracleFiles);
  if (oracleFolder !== null) await assertFolder(oracleFolder, "--oracle-files");
  const id = wish.id ?? idFrom(repository);
  if (!validateDocument(Id, id).ok)
    throw bad(`--id: ${id} is no id`, "Use lower-case letters, digits, - and _, at most 64.");
  const firstLine =
    task
      .split("\n")
      .map((line) => line.replace(/^#+/, "").trim())
      .find((line) => line !== "") ?? id;
  return {
    id,
    title: (wish.title ?? firstLine).slice(0, 200),
    repository,
    base: wish.base,
    task,
    allowedPaths: wish.allow,
    expects: wish.expects,
    oracle: oracleOf(wish.oracle),
    oracleFolder,
    consent: consentOf(wish),
    commands: wish.commands.map(commandOf),
    script: wish.script === null ? null : readScript(await readText(resolve(cwd, wish.script), "--script")),
  };
}
