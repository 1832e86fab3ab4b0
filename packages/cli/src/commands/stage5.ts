import { cp, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { checkTrustRoot, checkStage5, Stage5Statement, STAGE5_PREDICATE } from "@stage6/eligibility";
import {
  digestHex,
  sha256,
  signStatement,
  STATEMENT_TYPE,
  validateDocument,
  type Sha256,
} from "@stage6/evidence-interface";
import {
  errorCode,
  listFiles,
  readHashed,
  rootLayout,
  writeNewFile,
  writeNewFolder,
} from "@stage6/evidence-interface/fs";
import { MAX_HASHED_BYTES, readGate } from "@stage6/validator";
import type { Perform } from "../build-program.ts";
import { CliError } from "../cli-error.ts";
import { commandLine } from "../command-context.ts";
import { EXIT } from "../exit-code.ts";
import { writeJournaled } from "../journal-documents.ts";
import { knownOutside } from "../open-gate.ts";
import { openRoot, type OpenRoot } from "../open-root.ts";
import { parsePath } from "../parse-options.ts";
import { openRoleKey } from "../role-keys-of-root.ts";
import { keysFolder } from "../user-folders.ts";

interface Stage5Options {
  readonly files: string;
  readonly envelope?: string;
  readonly statement?: string;
}

/** `stage5`: verifies Stage 5 validation evidence and registers it. */
export function addStage5(program: Command, perform: Perform): void {
  const command = program
    .command("stage5")
    .description("verify Stage 5 validation evidence and register it below stage5/")
    .requiredOption(
      "--files <folder>",
      "files of the evidence; each is named in the statement by its digest",
      parsePath,
    )
    .option("--envelope <file>", "the statement as the Stage 5 validator signed it", parsePath)
    .option(
      "--statement <file>",
      "as the Stage 5 validator: the predicate as JSON, to be signed now",
      parsePath,
    );
  perform<Stage5Options>(command, async (context, options) => {
    const root = await openRoot(context.root, context.shownRoot, context.now);
    const folder = resolve(context.io.cwd, options.files);
    const files = await hashAll(folder, options.files);
    const bytes = await envelopeOf(root, options, files, context.io.cwd, keysFolder(context.io.env));
    const id = digestHex(sha256(bytes)).slice(0, 16);
    const { documents } = await readGate({
      root: root.path,
      now: context.now,
      ...(await knownOutside(context, root.config.id)),
    });
    const { trust, problems: unsafe } =
      documents === null
        ? { trust: null, problems: [] }
        : checkTrustRoot(documents.trust, {
            founder: documents.founder,
            harness: root.config.id,
          });
    const envelope = { path: `stage5/${id}.dsse.json`, bytes };
    const { record, problems } =
      trust === null
        ? { record: null, problems: unsafe }
        : checkStage5({
            evidence: [{ envelope, files }],
            trust,
            gitTree: null,
            plan: null,
            now: context.now,
          });
    // That a validation failed counts as much as that one passed: it ends what rests on an earlier one.
    const failed = problems.length > 0 && problems.every(({ code }) => code === "STAGE5_FAILED");
    if (record === null && !failed)
      return {
        exitCode: EXIT.refused,
        text: `${["The evidence does not hold; nothing was written.", ...problems.map(({ code, file, message }) => `  ${code} ${file}: ${message}`)].join("\n")}\n`,
        data: { problems },
      };
    await writeJournaled(context, root, async () => {
      await register(root.path, id, folder, bytes);
      return { written: id, documents: [{ kind: "stage5", path: envelope.path, sha256: sha256(bytes) }] };
    });
    if (record === null)
      return {
        exitCode: EXIT.refused,
        text: `Registered Stage 5 evidence stage5/${id}.dsse.json: the validation FAILED; nothing can rest on this source until a later one passes.\nNext: ${commandLine(context, ["status"])}\n`,
        data: { id, problems, files: files.size },
      };
    return {
      exitCode: EXIT.holds,
      text: `Registered Stage 5 evidence stage5/${id}.dsse.json: ${record.statement.predicate.result}, ${files.size} files.\nNext: ${commandLine(context, ["status"])}\n`,
      data: { id, digest: record.digest, files: files.size },
    };
  });
}

async function hashAll(folder: string, shown: string): Promise<ReadonlyMap<string, Sha256>> {
  const { files, findings } = await listFiles(folder);
  if (findings.length > 0 || files.length === 0)
    throw new CliError("USAGE", EXIT.usage, `${shown} is no folder of regular files`, { findings });
  return new Map(
    await Promise.all(
      files.map(async (path) => [path, (await hashOne(join(folder, path), path)).sha256] as const),
    ),
  );
}

async function hashOne(path: string, shown: string): ReturnType<typeof readHashed> {
  try {
    return await readHashed(path, () => undefined, MAX_HASHED_BYTES);
  } catch (error) {
    if (errorCode(error) !== "EFBIG") throw error;
    throw new CliError("USAGE", EXIT.usage, `${shown} is larger than ${MAX_HASHED_BYTES} bytes`, {
      cause: error,
    });
  }
}

async function envelopeOf(
  root: OpenRoot,
  { envelope, statement }: Stage5Options,
  files: ReadonlyMap<string, Sha256>,
  cwd: string,
  keys: string,
): Promise<Uint8Array> {
  const source = envelope ?? statement;
  if (source === undefined || (envelope !== undefined && statement !== undefined))
    throw new CliError("USAGE", EXIT.usage, "either --envelope or --statement is needed");
  const text = await readFile(resolve(cwd, source)).catch((error: unknown) => {
    throw new CliError("USAGE", EXIT.usage, `${source} cannot be read (${errorCode(error)})`, {
      cause: error,
    });
  });
  if (envelope !== undefined) return text;
  const subject = [...files].map(([name, digest]) => ({ name, digest: { sha256: digestHex(digest) } }));
  const made = {
    _type: STATEMENT_TYPE,
    subject,
    predicateType: STAGE5_PREDICATE,
    predicate: parseJson(text, source),
  };
  const checked = validateDocument(Stage5Statement, made);
  if (!checked.ok)
    throw new CliError(
      "USAGE",
      EXIT.usage,
      `${source}: ${checked.errors[0]?.pointer ?? ""} ${checked.errors[0]?.message ?? ""}`,
      {
        remedy: "The schema is docs/schemas/stage5-statement.v1.schema.json, below /properties/predicate.",
      },
    );
  return signStatement(checked.value, await openRoleKey(root, "stage5-validator", keys));
}

function parseJson(bytes: Buffer, shown: string): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new CliError("USAGE", EXIT.usage, `${shown} is no JSON`, { cause: error });
  }
}

/** The files first, then the envelope that makes them evidence; both whole or not at all. */
async function register(root: string, id: string, folder: string, bytes: Uint8Array): Promise<void> {
  const target = join(rootLayout(root).stage5, id);
  // What is there from a call that was killed is compared by its digests when it is read.
  await writeNewFolder(root, target, (draft) => cp(folder, draft, { recursive: true }));
  await writeNewFile(root, `${target}.dsse.json`, bytes);
}
