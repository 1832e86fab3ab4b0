import { knownMatrix, countCells, RowId, type Coverage } from "@stage6/failure-matrix";
import { formatRootFinding, readMatrix, type MatrixView } from "@stage6/validator";
import { escapeText, validateDocument } from "@stage6/evidence-interface";
import { InvalidArgumentError, Option, type Command } from "commander";
import type { Perform } from "../build-program.ts";
import { commandLine, type CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { installAndProbe } from "../install-missing.ts";
import { driveMatrix, rowsAtOnce, type DriveOptions } from "../matrix/drive-matrix.ts";
import { renderCoverage } from "../matrix/render-coverage.ts";
import { CANARY_FILE, runCanary } from "../matrix/run-canary.ts";
import { writeMatrix } from "../matrix/write-matrix.ts";
import { openRoot, type OpenRoot } from "../open-root.ts";
import { parseCount, parseLanes, parseNames } from "../parse-options.ts";
import { placesFor } from "../places-for.ts";
import { probeLanes } from "../probe-lanes.ts";
import { keysFolder } from "../user-folders.ts";

interface MatrixOptions {
  readonly row?: string[];
  readonly lane?: string[];
  readonly concurrency?: number;
  readonly owner: string;
  readonly renew?: boolean;
  readonly canary?: boolean;
  readonly run: boolean;
  readonly install: boolean;
}

function parseRows(text: string): string[] {
  const known = new Set(knownMatrix().rows.map(({ id }) => id));
  return parseNames(text).map((name) => {
    const id = name.toUpperCase();
    if (!validateDocument(RowId, id).ok)
      throw new InvalidArgumentError("A row is F and two or three digits.");
    if (!known.has(id)) throw new InvalidArgumentError(`The rows are F01 to ${[...known].at(-1) ?? ""}.`);
    return id;
  });
}

/** The cells that were asked for, counted anew. */
function narrow(
  coverage: Coverage,
  rows: readonly string[] | null,
  lanes: readonly string[] | null,
): Coverage {
  const cells = coverage.cells.filter(
    ({ row, lane }) => (rows?.includes(row) ?? true) && (lanes?.includes(lane) ?? true),
  );
  return {
    ...coverage,
    lanes: coverage.lanes.filter(({ lane }) => lanes?.includes(lane) ?? true),
    cells,
    counts: countCells(new Set(cells.map(({ row }) => row)).size, cells),
  };
}

async function driveOptions(
  context: CommandContext,
  root: OpenRoot,
  options: MatrixOptions,
  interrupt: AbortSignal,
): Promise<DriveOptions> {
  const { io, log, now } = context;
  const places = await placesFor(context, root);
  if (options.install)
    await installAndProbe(options.lane ?? null, places, { env: io.env, log, signal: interrupt });
  return {
    keys: keysFolder(io.env),
    lanes: await probeLanes(null, places),
    rows: options.row ?? null,
    only: options.lane ?? null,
    concurrency: options.concurrency ?? rowsAtOnce(),
    owner: options.owner,
    renew: options.renew === true,
    log,
    interrupt,
    now,
  };
}

/** `matrix`: drives the known bad states that have no evidence yet, and shows which are closed. */
export function addMatrix(program: Command, perform: Perform): void {
  const command = program
    .command("matrix")
    .description(
      "drive every lane into every known bad state and show which are closed as expected; goes on after an interruption",
    )
    .option("--row <ids>", "rows, separated by commas (default: all)", parseRows)
    .option("--lane <names>", "lanes, separated by commas (default: all)", parseLanes)
    .option(
      "--concurrency <n>",
      "trials at the same time (default: two for each core, at most 4)",
      parseCount(64),
    )
    .option("--owner <name>", "who answers for the blocks that are written", "operator")
    .option("--renew", "write anew what ended or no longer holds: blocks, or the last good table of a canary")
    .addOption(
      new Option(
        "--canary",
        "drive the real lanes anew into the rows of model and wrapper, and fail when a version or a closure changed",
      ),
    )
    .option("--no-run", "drive nothing; show what the evidence that is there covers")
    .option("--no-install", "do not install missing backends; their lanes stay blocked");
  perform<MatrixOptions>(command, async (context, options) => {
    const root = await openRoot(context.root, context.shownRoot, context.now);
    const interrupt = context.io.interrupt();
    if (options.canary === true) return canary(root, await driveOptions(context, root, options, interrupt));
    let view = await readMatrix(root.path, root.trusted, context.now);
    if (options.run) {
      if (view.matrix === null && view.inputs.length === 0) await writeMatrix(root.path, knownMatrix());
      const { matrix } = await readMatrix(root.path, root.trusted, context.now);
      if (matrix !== null)
        view = await driveMatrix(root, matrix, await driveOptions(context, root, options, interrupt));
    }
    return matrixResult(context, view, options, interrupt.aborted);
  });
}

function matrixResult(
  context: CommandContext,
  { matrix, coverage, findings: found, inputs }: MatrixView,
  options: MatrixOptions,
  interrupted: boolean,
): CommandResult {
  const findings = found.map(formatRootFinding);
  const lines = findings.map((line) => `${line}\n`).join("");
  if (matrix === null || coverage === null)
    return {
      exitCode: inputs.length === 0 ? EXIT.refused : EXIT.invalid,
      text: `There is no sound failure matrix.\n${lines}Next: ${commandLine(context, ["matrix"])}\n`,
      data: { coverage: null, findings },
    };
  const shown = narrow(coverage, options.row ?? null, options.lane ?? null);
  const closed = shown.counts.open + shown.counts.wrong === 0;
  const verdict: ExitCode = interrupted ? EXIT.interrupted : closed ? EXIT.holds : EXIT.refused;
  return {
    exitCode: findings.length > 0 ? EXIT.invalid : verdict,
    text: `${renderCoverage(matrix, shown)}\n${lines}`,
    data: { counts: shown.counts, coverage: shown, findings },
  };
}

async function canary(root: OpenRoot, options: DriveOptions): Promise<CommandResult> {
  const { failed, changed, table, written } = await runCanary(root, options);
  const good = failed.length === 0 && table.lanes.length > 0 && (changed.length === 0 || written);
  const lines = [
    ...table.lanes.map(
      ({ lane, version, rows }) => `${lane} ${escapeText(version)}: ${rows.length} rows driven`,
    ),
    ...(table.lanes.length === 0 ? ["No real lane is there to be driven."] : []),
    ...failed.map((line) => `not closed  ${escapeText(line)}`),
    ...changed.map((line) => `changed  ${escapeText(line)}`),
    written
      ? `Wrote ${CANARY_FILE}`
      : good
        ? `${CANARY_FILE} is kept.`
        : `${CANARY_FILE} is not written${failed.length === 0 && changed.length > 0 ? "; --renew takes what changed as good" : ""}.`,
  ];
  return {
    exitCode: options.interrupt.aborted ? EXIT.interrupted : good ? EXIT.holds : EXIT.refused,
    text: `${lines.join("\n")}\n`,
    data: { failed, changed, table, written },
  };
}
