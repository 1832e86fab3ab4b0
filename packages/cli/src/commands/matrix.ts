import { availableParallelism } from "node:os";
import { knownMatrix, countCells, RowId, type Coverage } from "@stage6/failure-matrix";
import { formatRootFinding, readMatrix } from "@stage6/validator";
import { validateDocument } from "@stage6/evidence-interface";
import { InvalidArgumentError, type Command } from "commander";
import type { Perform } from "../build-program.ts";
import { commandLine } from "../command-context.ts";
import { EXIT } from "../exit-code.ts";
import { installAndProbe } from "../install-missing.ts";
import { driveMatrix } from "../matrix/drive-matrix.ts";
import { renderCoverage } from "../matrix/render-coverage.ts";
import { writeMatrix } from "../matrix/write-matrix.ts";
import { openRoot } from "../open-root.ts";
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
  readonly run: boolean;
  readonly install: boolean;
}

function parseRows(text: string): string[] {
  return parseNames(text).map((name) => {
    const id = name.toUpperCase();
    if (!validateDocument(RowId, id).ok)
      throw new InvalidArgumentError("A row is F and two or three digits.");
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

/** `matrix`: drives the known bad states that have no evidence yet, and shows which are closed. */
export function addMatrix(program: Command, perform: Perform): void {
  const command = program
    .command("matrix")
    .description(
      "drive every lane into every known bad state and show which are closed as expected; goes on after an interruption",
    )
    .option("--row <ids>", "rows, separated by commas (default: all)", parseRows)
    .option("--lane <names>", "lanes, separated by commas (default: all)", parseLanes)
    .option("--concurrency <n>", "trials at the same time (default: 2)", parseCount(64))
    .option("--owner <name>", "who answers for the blocks that are written", "operator")
    .option("--renew", "write blocks anew that ended or no longer hold")
    .option("--no-run", "drive nothing; show what the evidence that is there covers")
    .option("--no-install", "do not install missing backends; their lanes stay blocked");
  perform<MatrixOptions>(command, async (context, options) => {
    const root = await openRoot(context.root, context.shownRoot);
    const rows = options.row ?? null;
    const lanes = options.lane ?? null;
    const interrupt = context.io.interrupt();
    let view = await readMatrix(root.path, root.trusted, context.now);
    if (options.run) {
      if (view.matrix === null && view.inputs.length === 0) await writeMatrix(root.path, knownMatrix());
      const { matrix } = await readMatrix(root.path, root.trusted, context.now);
      if (matrix !== null) {
        const places = await placesFor(context, root);
        const { io, log, now } = context;
        const found = options.install
          ? await installAndProbe(lanes, places, { env: io.env, log, signal: interrupt })
          : null;
        view = await driveMatrix(root, matrix, {
          keys: keysFolder(io.env),
          places,
          lanes: found !== null && lanes === null ? found : await probeLanes(null, places),
          rows,
          only: lanes,
          concurrency: options.concurrency ?? Math.min(2, availableParallelism()),
          owner: options.owner,
          renew: options.renew === true,
          log,
          interrupt,
          now,
        });
      }
    }
    const findings = view.findings.map(formatRootFinding);
    const { matrix, coverage } = view;
    if (matrix === null || coverage === null) {
      const next = commandLine(context, ["matrix"]);
      return {
        exitCode: view.inputs.length === 0 ? EXIT.refused : EXIT.invalid,
        text: `There is no sound failure matrix.\n${findings.map((line) => `${line}\n`).join("")}Next: ${next}\n`,
        data: { coverage: null, findings },
      };
    }
    const shown = narrow(coverage, rows, lanes);
    const closed = shown.counts.open + shown.counts.wrong === 0;
    const exitCode =
      findings.length > 0
        ? EXIT.invalid
        : interrupt.aborted
          ? EXIT.interrupted
          : closed
            ? EXIT.holds
            : EXIT.refused;
    return {
      exitCode,
      text: `${renderCoverage(matrix, shown)}\n${findings.map((line) => `${line}\n`).join("")}`,
      data: { counts: shown.counts, coverage: shown, findings },
    };
  });
}
