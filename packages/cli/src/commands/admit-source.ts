import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import {
  digestHex,
  escapeText,
  sha256,
  signStatement,
  validateDocument,
  writeStrictBytes,
} from "@stage6/evidence-interface";
import { errorCode, writeNewFile } from "@stage6/evidence-interface/fs";
import { startBounds } from "@stage6/runner";
import type { Perform } from "../build-program.ts";
import { CliError } from "../cli-error.ts";
import { commandLine, type CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { EXIT } from "../exit-code.ts";
import { writeJournaled } from "../journal-documents.ts";
import { LANES } from "../lane-catalog.ts";
import { openRoot } from "../open-root.ts";
import { placesFor } from "../places-for.ts";
import { placesOf } from "../probe-lanes.ts";
import { openRoleKey } from "../role-keys-of-root.ts";
import { collectAdmission } from "../source/collect-admission.ts";
import { draftReview } from "../source/draft-review.ts";
import { sourcePlaces } from "../source/look-at-source.ts";
import { openPoints } from "../source/open-points.ts";
import { SourceReview } from "../source/source-review.ts";
import { keysFolder } from "../user-folders.ts";

interface AdmitOptions {
  readonly candidate: string;
  readonly review?: string;
  readonly draft?: string;
}

const HELP = `
Start with a draft; it is refused until a person has filled in reviewer, licence, preparation and lock files:
  stage6 admit-source --draft review.json
  stage6 admit-source --review review.json
The source is only read; its program is started once with the words of the lane's probe, in an empty folder, and
within strict bounds where this host has them.`;

/** `admit-source`: reviews the operator's own source of the candidate into a signed source admission. */
export function addAdmitSource(program: Command, perform: Perform): void {
  const command = program
    .command("admit-source")
    .description("review the candidate's source into a signed admission below admissions/")
    .option("--candidate <lane>", "lane whose source is admitted", "case")
    .option("--review <file>", "the reviewer's judgement as JSON")
    .option("--draft <file>", "write a draft of the judgement, and admit nothing")
    .addHelpText("after", HELP);
  perform<AdmitOptions>(command, async (context, options) => {
    const lane = LANES.find(({ id }) => id === options.candidate)?.lane;
    if (lane === undefined || lane.backend.kind !== "provided")
      throw new CliError(
        "USAGE",
        EXIT.usage,
        `${escapeText(options.candidate)} is no lane whose source an operator provides`,
        { remedy: "Leave --candidate out, or name case." },
      );
    if ((options.review === undefined) === (options.draft === undefined))
      throw new CliError("USAGE", EXIT.usage, "either --review or --draft is needed");
    const root = await openRoot(context.root, context.shownRoot, context.now);
    const places = await placesOf(lane.id, await placesFor(context, root));
    if (options.draft !== undefined)
      return writeDraft(context, options.draft, await draftReview(await sourcePlaces(lane.backend, places)));
    const review = await readReview(context.io.cwd, options.review ?? "");
    const collected = await collectAdmission(
      lane,
      places,
      review,
      context.now,
      await startBounds(root.config.protectedTrees ?? []),
    );
    if (!collected.ok)
      return {
        exitCode: EXIT.refused,
        text: `The source is not admitted; nothing was written.\n${collected.faults.map(({ code, message }) => `  ${code}  ${message}\n`).join("")}`,
        data: { faults: collected.faults },
      };
    const key = await openRoleKey(root, "admission-reviewer", keysFolder(context.io.env));
    const bytes = signStatement(collected.statement, key);
    const digest = sha256(writeStrictBytes(collected.statement));
    const name = `${digestHex(digest).slice(0, 16)}.dsse.json`;
    const path = `admissions/${lane.id}/${name}`;
    await writeJournaled(context, root, async () => {
      const written = await writeNewFile(root.path, join(root.path, path), bytes);
      return { written, documents: [{ kind: "admission", path, sha256: sha256(bytes) }] };
    });
    const { subject, predicate } = collected.statement;
    const text = [
      `Admitted the source of ${lane.id}: admissions/${lane.id}/${name}`,
      `  commit:   ${subject[0]?.digest.gitCommit ?? ""}, tree ${subject[0]?.digest.gitTree ?? ""}, ${predicate.files.count} files`,
      `  program:  ${predicate.binary.sha256}`,
      `  started:  ${predicate.startProbe.bounds === "strict" ? "within strict bounds" : "unconfined, because this host has no strict bounds"}`,
      `  licence:  ${predicate.licence.verdict}`,
      `  upstream: ${predicate.upstream.state === "known" ? `${predicate.upstream.commits} commits ahead at ${predicate.upstream.fetchedAt}` : "unknown; nothing says that this is the newest"}`,
      `  expires:  ${predicate.expiresAt}`,
      `Next: ${commandLine(context, ["plan", "--candidate", lane.id])}`,
    ];
    return {
      exitCode: EXIT.holds,
      text: `${text.join("\n")}\n`,
      data: { digest, statement: collected.statement },
    };
  });
}

async function writeDraft(
  context: CommandContext,
  file: string,
  review: SourceReview | null,
): Promise<CommandResult> {
  if (review === null)
    throw new CliError("USAGE", EXIT.usage, "there is no checkout to draft a review of", {
      remedy: "Set STAGE6_CASE_CHECKOUT to the absolute path of the checkout.",
    });
  try {
    await writeFile(resolve(context.io.cwd, file), `${JSON.stringify(review, null, 2)}\n`, { flag: "wx" });
  } catch (error) {
    const what = errorCode(error) === "EEXIST" ? "exists already" : `cannot be written (${errorCode(error)})`;
    throw new CliError("USAGE", EXIT.usage, `${escapeText(file)} ${what}`, { cause: error });
  }
  return {
    exitCode: EXIT.holds,
    text: `Wrote ${escapeText(file)}. Fill in who reviewed, the licence, how the program was prepared, and which lock file that reads.\nNext: ${commandLine(context, ["admit-source", "--review", file])}\n`,
    data: { review },
  };
}

async function readReview(cwd: string, file: string): Promise<SourceReview> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(resolve(cwd, file), "utf8"));
  } catch (error) {
    const why = error instanceof SyntaxError ? "is no JSON" : `cannot be read (${errorCode(error)})`;
    throw new CliError("USAGE", EXIT.usage, `${escapeText(file)} ${why}`, { cause: error });
  }
  const checked = validateDocument(SourceReview, value);
  if (checked.ok) {
    const open = openPoints(checked.value);
    if (open.length === 0) return checked.value;
    throw new CliError(
      "USAGE",
      EXIT.usage,
      `${escapeText(file)} is not filled in; it leaves open ${open.join("; ")}`,
      { remedy: "Only a person can judge these; fill them in, and call again." },
    );
  }
  const [first] = checked.errors;
  throw new CliError(
    "USAGE",
    EXIT.usage,
    `${escapeText(file)}: ${escapeText(first?.pointer ?? "")} ${first?.message ?? "is not valid"}`,
    { remedy: "stage6 admit-source --draft shows the form." },
  );
}
