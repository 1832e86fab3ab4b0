import type { FixedAnswer } from "@stage6/lane-contract";
import { renderResult } from "./result-block.ts";

/** How the error of a stopped close phase begins. */
export const STOP_PREFIX = "lane-stop:";

/**
 * The answer that Case's closer and retrospective get instead of a model's: a result without a tool call. The agents
 * that would push, open a pull request and rewrite Case's own notes therefore never act; the run ends regularly before.
 */
export const LANE_STOP: FixedAnswer = {
  name: "lane-stop",
  text: renderResult({
    status: "failed",
    summary: "Stopped by the lane.",
    error: `${STOP_PREFIX} this harness runs no close phase`,
  }),
};
