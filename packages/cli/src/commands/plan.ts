import type { TrialPlan } from "@stage6/evidence-interface";
import type { Command } from "commander";
import { assertClock } from "../assert-clock.ts";
import type { Perform } from "../build-program.ts";
import { chooseBounds } from "../choose-bounds.ts";
import { commandLine } from "../command-context.ts";
import { boundsOf, describePlan } from "../describe-plan.ts";
import { refusalsOfEntry, refuseEntry } from "../enter-live.ts";
import { EXIT } from "../exit-code.ts";
import { journalPlan } from "../journal-plan.ts";
import { openRoot } from "../open-root.ts";
import { addPlanOptions, type PlanOptions } from "../plan-options.ts";
import { placesFor } from "../places-for.ts";
import { choosePlanFor } from "../plan-root.ts";
import { probeLanes } from "../probe-lanes.ts";
import { selectLanes } from "../select-lanes.ts";

interface DryPlanOptions extends PlanOptions {
  readonly live?: boolean;
  readonly dryRun?: boolean;
}

/** `plan`: fixes candidate, lanes, fixtures, limits and trials before the first trial. */
export function addPlan(program: Command, perform: Perform): void {
  const command = addPlanOptions(program.command("plan"))
    .description(
      "fix what will be compared: candidate, lanes, fixtures, trials; a lane that cannot run is listed with its reason",
    )
    .option("--live", "live evidence with the policy's live model, which costs money (default: a rehearsal)")
    .option("--dry-run", "print what would run and what it costs at most; write nothing");
  perform<DryPlanOptions>(command, async (context, options) => {
    if (options.dryRun !== true) assertClock(context, "a plan", "Leave --now out, or add --dry-run.");
    const root = await openRoot(context.root, context.shownRoot, context.now);
    const live = options.live === true;
    if (live && root.policy.liveModel === undefined)
      return refuseEntry(
        "no live plan can be made",
        await refusalsOfEntry(context, root, { plan: null, step: "plan" }),
      );
    const lanes = await probeLanes(
      selectLanes(options.lanes, options.candidate),
      await placesFor(context, root),
    );
    const plan = await choosePlanFor(root, {
      candidate: options.candidate,
      lanes,
      fixtures: options.fixtures ?? null,
      trials: options.trials ?? null,
      bounds: await chooseBounds(options.bounds),
      live,
      now: context.now,
    });
    const dry = options.dryRun === true;
    const refused = live ? await refusalsOfEntry(context, root, { plan, step: "plan" }) : [];
    if (refused.length > 0) {
      const refusal = refuseEntry("the live plan is not made", refused);
      const shown = dry ? `${[...describePlan(plan.plan), ""].join("\n")}\n` : "";
      return { ...refusal, text: `${shown}${refusal.text}` };
    }
    if (!dry) await journalPlan(context, root, plan);
    const state = plan.state === "kept" ? "kept" : dry ? "not-written" : "written";
    const head = {
      kept: `Plan ${plan.id} was made for exactly this before; it is kept and nothing was written.`,
      "not-written": `Plan (not written, --dry-run):`,
      written: `Wrote plan ${plan.id}: ${context.shownRoot}/plans/${plan.id}.json`,
    }[state];
    const isNewest = plan.id === root.plans.at(-1)?.id || state === "written";
    const named = isNewest ? [] : ["--plan", plan.id];
    const steps = [...(live ? unrecorded(plan.plan) : []), ["run"]].map((words) =>
      commandLine(context, [...words, ...named]),
    );
    return {
      exitCode: EXIT.holds,
      text: `${[head, "", ...describePlan(plan.plan), ...(state === "not-written" ? [] : ["", `Next: ${steps.join(`\nthen: `)}`])].join("\n")}\n`,
      data: {
        state,
        plan: { id: plan.id, digest: plan.digest, document: plan.plan },
        bounds: boundsOf(plan.plan),
      },
    };
  });
}

/** The records that a live plan needs of its blocked baselines before a trial of it is made. */
function unrecorded({ lanes, candidate }: TrialPlan): string[][] {
  return lanes
    .filter(({ lane, state }) => state === "blocked" && lane !== candidate)
    .map(({ lane }) => ["not-applicable", "--lane", lane, "--rationale", "TEXT", "--recorded-by", "NAME"]);
}
