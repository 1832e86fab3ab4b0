import type { Command } from "commander";
import { readMatrix, validateRoot } from "@stage6/validator";
import { assertClock } from "../assert-clock.ts";
import type { Perform } from "../build-program.ts";
import { chooseBounds } from "../choose-bounds.ts";
import { commandLine, type CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { compareRoot } from "../compare-root.ts";
import { EXIT } from "../exit-code.ts";
import { initRoot } from "../init-root.ts";
import { installAndProbe } from "../install-missing.ts";
import { driveMatrix, rowsAtOnce } from "../matrix/drive-matrix.ts";
import { journalPlan } from "../journal-plan.ts";
import { openRoot, type OpenRoot } from "../open-root.ts";
import { parseCount } from "../parse-options.ts";
import { addPlanOptions, type PlanOptions } from "../plan-options.ts";
import { placesFor } from "../places-for.ts";
import { choosePlanFor } from "../plan-root.ts";
import { probeLanes, type ProbePlaces } from "../probe-lanes.ts";
import { isUnchanged, isVerified, renderRehearsal } from "../rehearsal.ts";
import { runRoot } from "../run-root.ts";
import { selectLanes } from "../select-lanes.ts";
import { TOOL } from "../tool.ts";
import { keysFolder } from "../user-folders.ts";
import { runResult } from "./run.ts";

interface RehearseOptions extends PlanOptions {
  readonly concurrency?: number;
  readonly install: boolean;
  readonly matrix?: boolean;
}

/** `rehearse`: the whole pass in one command, on the embedded scripted model. */
export function addRehearse(program: Command, perform: Perform): void {
  const command = addPlanOptions(program.command("rehearse"))
    .description(
      "the whole pass in one command on the scripted model: init, probe, install, plan, run, compare, check; with --matrix the known bad states too",
    )
    .option(
      "--concurrency <n>",
      "trials at the same time (default: the number of cores, at most 4)",
      parseCount(64),
    )
    .option("--matrix", "drive the failure matrix as well, on the lanes of the plan; takes some minutes")
    .option("--no-install", "do not install missing backends; their lanes stay blocked");
  perform<RehearseOptions>(command, rehearse);
}

async function rehearse(context: CommandContext, options: RehearseOptions): Promise<CommandResult> {
  const { io, log } = context;
  assertClock(context, "a rehearsal", "Leave --now out.");
  const interrupt = io.interrupt();
  const keys = keysFolder(io.env);
  const init = await initRoot(context.root, context.shownRoot, keys, context.now);
  if (init.state === "created")
    log(`Made the harness root ${context.shownRoot}; private runner key: ${init.keyFile}`);
  const root = await openRoot(context.root, context.shownRoot, context.now);
  const places = await placesFor(context, root);
  const selected = selectLanes(options.lanes, options.candidate);
  const lanes = options.install
    ? await installAndProbe(selected, places, { env: io.env, log, signal: interrupt })
    : await probeLanes(selected, places);
  const plan = await choosePlanFor(root, {
    candidate: options.candidate,
    lanes,
    fixtures: options.fixtures ?? null,
    trials: options.trials ?? null,
    bounds: await chooseBounds(options.bounds),
    now: context.now,
  });
  await journalPlan(context, root, plan);
  const summary = await runRoot(root, plan, {
    keys,
    env: io.env,
    places,
    concurrency: options.concurrency ?? null,
    log,
    interrupt,
  });
  if (summary.missing > 0)
    return runResult(context, plan.id, summary, interrupt.aborted, ["rehearse", ...again(options)]);
  const compared = await compareRoot(root, plan);
  if (options.matrix === true && !interrupt.aborted)
    await driveRows(context, root, places, selected, interrupt);
  if (interrupt.aborted) {
    const go = commandLine(context, ["rehearse", ...again(options)]);
    const text = `Interrupted. What was recorded is kept.\nThe same command goes on: ${go}\n`;
    return { exitCode: EXIT.interrupted, text, data: { plan: { id: plan.id }, trials: summary } };
  }
  const gate = await validateRoot({
    root: root.path,
    now: context.now,
    planId: plan.id,
    tool: { ...TOOL, sourceDigest: null },
  });
  const rehearsal = { init, plan, summary, compared, gate };
  const verified = isVerified(rehearsal);
  const { comparison } = compared;
  return {
    exitCode: verified ? EXIT.holds : summary.planned === 0 ? EXIT.refused : EXIT.invalid,
    verdict: comparison.verdict,
    text: renderRehearsal(context, rehearsal),
    data: {
      rehearsal: verified ? "complete" : "incomplete",
      unchanged: isUnchanged(rehearsal),
      root: { state: init.state, harnessId: init.harnessId },
      plan: { id: plan.id, digest: plan.digest, state: plan.state },
      trials: summary,
      blocked: comparison.lanes.flatMap(({ lane, reason }) => (reason === null ? [] : [{ lane, ...reason }])),
      gate: { verdict: gate.verdict, exitCode: gate.exitCode },
      document: { state: compared.document, file: compared.file },
      comparison,
    },
  };
}

/** Drives the lanes of a rehearsal into the known bad states, as `matrix --lane` does; what is recorded already is kept. */
async function driveRows(
  { io, log, now }: CommandContext,
  root: OpenRoot,
  places: ProbePlaces,
  selected: readonly string[] | null,
  interrupt: AbortSignal,
): Promise<void> {
  const { matrix } = await readMatrix(root.path, root.trusted, now);
  if (matrix === null) return;
  await driveMatrix(root, matrix, {
    keys: keysFolder(io.env),
    lanes: await probeLanes(null, places),
    rows: null,
    only: selected,
    concurrency: rowsAtOnce(),
    owner: "operator",
    renew: false,
    log,
    interrupt,
    now,
  });
}

/** The options that make the same rehearsal again. */
function again({ candidate, lanes, fixtures, trials, bounds, install, matrix }: RehearseOptions): string[] {
  return [
    ...(candidate === "case" ? [] : ["--candidate", candidate]),
    ...(lanes === undefined ? [] : ["--lanes", lanes.join(",")]),
    ...(fixtures === undefined ? [] : ["--fixtures", fixtures.join(",")]),
    ...(trials === undefined ? [] : ["--trials", String(trials)]),
    ...(bounds === "auto" ? [] : ["--bounds", bounds]),
    ...(matrix === true ? ["--matrix"] : []),
    ...(install ? [] : ["--no-install"]),
  ];
}
