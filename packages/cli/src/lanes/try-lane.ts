import { join, resolve } from "node:path";
import { escapeText, formatFinding, type BoundsRequest, type ModelRef } from "@stage6/evidence-interface";
import { readBundle, trialPath } from "@stage6/evidence-interface/fs";
import {
  makePlan,
  probeLane,
  runPlan,
  sealPlan,
  startBounds,
  systemClock,
  trialsOf,
  type ProbedLane,
} from "@stage6/runner";
import { chooseBounds } from "../choose-bounds.ts";
import type { CommandContext } from "../command-context.ts";
import { shellQuote } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { EXIT } from "../exit-code.ts";
import { initRoot } from "../init-root.ts";
import { readLaneEvents } from "../lane-events.ts";
import { openRoot, type OpenRoot } from "../open-root.ts";
import { readFixtures } from "../read-fixtures.ts";
import { readRoleKey } from "../role-keys.ts";
import { unconfinedNote } from "../unconfined-note.ts";
import { TOOL } from "../tool.ts";
import { backendsFolder, keysFolder } from "../user-folders.ts";
import { writePlan } from "../plan-root.ts";
import { writeSample } from "./lane-samples.ts";
import { loadLane, type LoadedLane } from "./load-lane.ts";

/** What an author asks of a trial. */
export interface TryLaneOptions {
  readonly folder: string;
  readonly fixture: string;
  readonly bounds: BoundsRequest;
  readonly backend?: string;
  readonly samples?: string;
}

const SCRIPTED_MODEL: ModelRef = { class: "scripted", provider: "stage6", id: "stage6-scripted" };

/**
 * Runs one trial of a packed lane on the scripted model, in a harness root of its own, and reads the sealed bundle
 * back. Holds only when the bundle verifies and the task came out as the fixture's oracle wants it.
 */
export async function tryLane(
  context: CommandContext,
  file: string,
  options: TryLaneOptions,
): Promise<CommandResult> {
  const { io } = context;
  const path = resolve(io.cwd, options.folder);
  await initRoot(path, options.folder, keysFolder(io.env), context.now);
  const root = await openRoot(path, options.folder, context.now);
  const loaded = await loadLane(io.cwd, file);
  try {
    const configured = options.backend === undefined ? null : resolve(io.cwd, options.backend);
    const places = { configured, backendsDir: backendsFolder(io.env) };
    const probed = await probeLane(loaded.lane, places, await startBounds());
    const unconfined = unconfinedNote([{ kind: "probed", lane: loaded.lane, probed }]);
    if (unconfined !== null) context.log(unconfined);
    if (probed.state === "blocked") {
      const { code, detail, remedy } = probed;
      const text = `${loaded.lane.id} is blocked: ${code}: ${escapeText(detail)}\nNext: ${escapeText(remedy)}\n`;
      return { exitCode: EXIT.refused, text, data: { blocked: probed } };
    }
    return await runOne(context, root, loaded, probed, options);
  } finally {
    await loaded.dispose();
  }
}

async function runOne(
  context: CommandContext,
  root: OpenRoot,
  { lane }: LoadedLane,
  probed: Extract<ProbedLane, { state: "available" }>,
  options: TryLaneOptions,
): Promise<CommandResult> {
  const { io } = context;
  const plan = makePlan({
    createdAt: context.now,
    harness: TOOL,
    candidate: lane.id,
    evidenceClass: "scripted",
    model: SCRIPTED_MODEL,
    policyDigest: root.policyDigest,
    bounds: await chooseBounds(options.bounds),
    limits: root.policy.limits,
    trialsPerCell: 1,
    lanes: [{ kind: "probed", lane, probed }],
    fixtures: await readFixtures(root.path, [options.fixture]),
  });
  const { id, digest } = sealPlan(plan);
  await writePlan(root, { id, digest, plan, state: "new" });
  await runPlan({
    root: root.path,
    plan,
    harness: TOOL,
    lanes: new Map([[lane.id, { lane, backend: probed.backend, version: probed.version }]]),
    key: await readRoleKey("runner", keysFolder(io.env), root.config.id, root.trusted),
    clock: systemClock(),
    endpoint: null,
    concurrency: 1,
    onProgress: (progress) => {
      if (progress.kind === "given-up") context.log(`not recorded: ${progress.reason}`);
    },
    interrupt: io.interrupt(),
  });
  return reportOn(context, root, plan, id, options);
}

async function reportOn(
  context: CommandContext,
  root: OpenRoot,
  plan: Parameters<typeof trialsOf>[0],
  planId: string,
  options: TryLaneOptions,
): Promise<CommandResult> {
  const [trial] = trialsOf(plan, planId);
  if (trial === undefined) throw new TypeError("a plan without a trial");
  const folder = join(root.path, "runs", trialPath(trial));
  const { report, findings } = await readBundle(folder, { trusted: root.trusted, expected: trial });
  const shown = join(options.folder, "runs", trialPath(trial));
  if (report === null || findings.length > 0) {
    const lines = findings.map((finding) => escapeText(formatFinding(finding)));
    const text = [`The bundle is not sound: ${shown}`, ...lines, ""].join("\n");
    return { exitCode: EXIT.invalid, text, data: { bundle: shown, findings } };
  }
  const { outcome, closure, oracle } = report;
  const sample =
    options.samples === undefined ? null : await keepSample(context, folder, trial.fixture, options.samples);
  return {
    exitCode: outcome === "completed" ? EXIT.holds : EXIT.refused,
    text: [
      `${trial.lane} on ${trial.fixture}: ${outcome}${closure.class === "NONE" ? "" : ` (${closure.class})`}, oracle ${oracle.state}`,
      `Sealed and signed bundle: ${shown}`,
      ...(sample === null ? [] : [sample]),
      "",
    ].join("\n"),
    data: { bundle: shown, report },
  };
}

async function keepSample(
  context: CommandContext,
  bundle: string,
  fixture: string,
  samples: string,
): Promise<string> {
  const { end } = await readLaneEvents(bundle);
  const shown = shellQuote(join(samples, fixture));
  if (end === null) return "No sample: the backend was not started.";
  const written = await writeSample(bundle, end, resolve(context.io.cwd, samples, fixture));
  return written ? `Sample: ${shown}` : `Sample: ${shown} was there before and is kept as it is.`;
}
