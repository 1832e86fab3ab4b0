// A runner that may be killed: run as a process of its own by a drill, with the drill as JSON on stdin.
import { readFileSync } from "node:fs";
import { createPrivateKey } from "node:crypto";
import { checkDocument, oneOf, TrialPlan } from "@stage6/evidence-interface";
import { runPlan, systemClock } from "@stage6/runner";
import Type from "typebox";
import { LANES } from "../lane-catalog.ts";
import { TOOL } from "../tool.ts";

const shut = { additionalProperties: false } as const;

/** What the drill tells its runner; the backend as it was probed. */
const DrillOrder = Type.Object(
  {
    root: Type.String(),
    plan: TrialPlan,
    key: Type.String(),
    backend: Type.Object(
      {
        executable: Type.String(),
        args: Type.Array(Type.String()),
        sha256: Type.String(),
        installation: Type.Array(Type.String()),
        source: oneOf(["config", "environment", "backends-folder", "bundled"], "How it was found."),
      },
      shut,
    ),
    version: Type.String(),
  },
  shut,
);

const { value: order } = checkDocument(DrillOrder, JSON.parse(readFileSync(0, "utf8")), "drill");
const wanted = order?.plan.lanes.find(({ state }) => state === "planned")?.lane;
const known = LANES.find(({ id }) => id === wanted);
if (order === null || known === undefined) process.exit(2);
const { root, plan, backend, version } = order;
const { sealed } = await runPlan({
  root,
  plan,
  harness: TOOL,
  lanes: new Map([[known.id, { lane: known.lane, backend, version }]]),
  key: createPrivateKey(order.key),
  clock: systemClock(),
  endpoint: null,
  concurrency: 1,
  onProgress: () => undefined,
});
process.exitCode = sealed === 1 ? 0 : 1;
