import type { Command } from "commander";
import { readGate, replayRoot, verdictOfChecks, type GateCheck } from "@stage6/validator";
import type { Perform } from "../build-program.ts";
import { commandLine, type CommandContext } from "../command-context.ts";
import { checkDisk } from "../health/disk-space.ts";
import { checkHorizon } from "../health/expiry-horizon.ts";
import { checkFakeLane } from "../health/fake-smoke.ts";
import { HEALTH_CHECKS, healthCheck, type Found, type HealthCheckId } from "../health/health-check.ts";
import { checkProbes } from "../health/probe-planned.ts";
import { judgeGate } from "../judge-gate.ts";
import { knownOutside } from "../open-gate.ts";
import { choosePlan, openRoot } from "../open-root.ts";
import { parseCount } from "../parse-options.ts";
import { placesFor } from "../places-for.ts";
import { replayTrials } from "../replay-trials.ts";

interface HealthOptions {
  readonly plan?: string;
  readonly horizon: number;
}

/** `health`: validate first, then replay, probes, a trial of the fake lane, expiry and disk. Writes nothing below the root. */
export function addHealth(program: Command, perform: Perform): void {
  const command = program
    .command("health")
    .description("validate, replay, probe the planned lanes, run one fake trial, look at expiry and disk")
    .option("--plan <id>", "plan that is meant (default: the newest)")
    .option("--horizon <days>", "days that everything which expires has to last", parseCount(365), 7);
  perform<HealthOptions>(command, async (context, { plan, horizon }) => {
    const gate = await judgeGate(context, plan ?? null);
    const checks =
      gate.exitCode === 0
        ? await examine(context, plan ?? null, horizon)
        : HEALTH_CHECKS.map((id) =>
            healthCheck(
              id,
              id === "stage6-validated"
                ? {
                    code: "STAGE6_NOT_VALIDATED",
                    message: `the gate says ${gate.verdict} (exit ${gate.exitCode}); nothing else was looked at`,
                  }
                : { code: "NOT_RUN", message: "the gate has to be validated first" },
            ),
          );
    const sorted = checks.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const { verdict, exitCode } = verdictOfChecks(sorted);
    const lines = checks.map(
      ({ id, verdict: one, code, message }) =>
        `${one.padEnd(5)} ${id}${code === null ? "" : ` ${code}`}: ${message}`,
    );
    const next = exitCode === 0 ? [] : [`Next: ${commandLine(context, ["status"])}`];
    return {
      exitCode,
      verdict,
      text: `${[`Health of ${context.shownRoot}: ${verdict} (exit ${exitCode})`, ...lines, ...next].join("\n")}\n`,
      data: { checks: sorted, gate: { verdict: gate.verdict, exitCode: gate.exitCode } },
    };
  });
}

async function examine(
  context: CommandContext,
  planId: string | null,
  horizon: number,
): Promise<GateCheck[]> {
  const root = await openRoot(context.root, context.shownRoot, context.now);
  const entry = choosePlan(root, planId);
  const { documents } = await readGate({
    root: root.path,
    now: context.now,
    planId: entry.id,
    ...(await knownOutside(context, root.config.id)),
  });
  const found: Readonly<Record<HealthCheckId, () => Promise<Found>>> = {
    "stage6-validated": () => Promise.resolve({ code: null, message: "the whole gate holds" }),
    replay: async () => {
      const replay = await replayRoot({ root: root.path, now: context.now, planId: entry.id });
      const trials = await replayTrials(root, entry);
      const differing =
        trials.filter(({ result }) => result.state === "diverged").length + replay.diverged.length;
      return differing === 0 && replay.missing === 0
        ? { code: null, message: `${replay.reports} reports derived again and equal` }
        : { code: "REPLAY_DIVERGED", message: `${differing} differ, ${replay.missing} trials are missing` };
    },
    probes: async () => checkProbes(entry.plan, await placesFor(context, root)),
    "fake-smoke": () => checkFakeLane(context),
    "expiry-horizon": () =>
      Promise.resolve(
        documents === null
          ? { code: "EXPIRY_UNKNOWN", message: "the gate cannot be read" }
          : checkHorizon(documents, context.now, horizon),
      ),
    "disk-space": () => checkDisk(root.path),
  };
  const checks: GateCheck[] = [];
  for (const id of HEALTH_CHECKS) checks.push(healthCheck(id, await found[id]()));
  return checks;
}
