// A runner that may be killed: run as a process of its own by a drill, with the drill as JSON on stdin.
import { readFileSync } from "node:fs";
import { createPrivateKey } from "node:crypto";
import { checkDocument, TrialPlan } from "@stage6/evidence-interface";
import { runPlan, systemClock } from "@stage6/runner";
import Type from "typebox";
import { probeLanes } from "../probe-lanes.ts";
import { readyLanes } from "../ready-lanes.ts";
import { TOOL } from "../tool.ts";

/** What the drill tells its runner. */
const DrillOrder = Type.Object(
  {
    root: Type.String(),
    plan: TrialPlan,
    key: Type.String(),
    backends: Type.String(),
    configured: Type.Record(Type.String(), Type.String()),
  },
  { additionalProperties: false },
);

const { value: order } = checkDocument(DrillOrder, JSON.parse(readFileSync(0, "utf8")), "drill");
if (order === null) process.exit(2);
const { root, plan, backends, configured } = order;
const wanted = plan.lanes.map(({ lane }) => lane);
const { sealed } = await runPlan({
  root,
  plan,
  harness: TOOL,
  lanes: readyLanes(plan, await probeLanes(wanted, { backends, configured, env: process.env })),
  key: createPrivateKey(order.key),
  clock: systemClock(),
  endpoint: null,
  concurrency: 1,
  onProgress: () => undefined,
});
process.exitCode = sealed === 1 ? 0 : 1;
