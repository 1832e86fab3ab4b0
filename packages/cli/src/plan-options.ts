import type { BoundsRequest } from "@stage6/evidence-interface";
import type { Command } from "commander";
import { parseBounds, parseCount, parseLane, parseLanes, parseNames } from "./parse-options.ts";

/** What an operator may ask of a plan. */
export interface PlanOptions {
  readonly candidate: string;
  readonly lanes?: string[];
  readonly fixtures?: string[];
  readonly trials?: number;
  readonly bounds: BoundsRequest;
}

/** Adds the options of every verb that makes a plan. */
export function addPlanOptions(command: Command): Command {
  return command
    .option("--candidate <lane>", "lane to be judged", parseLane, "case")
    .option(
      "--lanes <names>",
      "lanes to run, separated by commas; the candidate and fake are always among them (default: all)",
      parseLanes,
    )
    .option("--fixtures <ids>", "fixtures, separated by commas (default: all of the root)", parseNames)
    .option(
      "--bounds <tier>",
      "strict (Linux, bubblewrap), default, or auto: strict where it can be had",
      parseBounds,
      "auto",
    )
    .option(
      "--trials <n>",
      "trials per lane and fixture, at least the policy's (default: the policy's)",
      parseCount(999),
    );
}
