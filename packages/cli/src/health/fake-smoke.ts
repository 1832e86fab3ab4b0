import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_POLICY } from "@stage6/comparator";
import { writeStrictBytes } from "@stage6/evidence-interface";
import { rootLayout } from "@stage6/evidence-interface/fs";
import { collectTrials } from "@stage6/validator";
import { chooseBounds } from "../choose-bounds.ts";
import type { CommandContext } from "../command-context.ts";
import { initRoot } from "../init-root.ts";
import { openRoot } from "../open-root.ts";
import { choosePlanFor, writePlan } from "../plan-root.ts";
import { probeLanes } from "../probe-lanes.ts";
import { replaceFile } from "../replace-file.ts";
import { runRoot } from "../run-root.ts";
import type { Found } from "./health-check.ts";

/** One trial of the fake lane in a harness root of its own, sealed and read back; that root is removed again. */
export async function checkFakeLane(context: CommandContext): Promise<Found> {
  const folder = await mkdtemp(join(tmpdir(), "stage6-smoke-"));
  try {
    const path = join(folder, "harness");
    const keys = join(folder, "keys");
    await initRoot(path, "smoke", keys, context.now);
    const policy = { ...DEFAULT_POLICY, trialsPerCell: { ...DEFAULT_POLICY.trialsPerCell, scripted: 1 } };
    await replaceFile(path, rootLayout(path).policy, writeStrictBytes(policy));
    const root = await openRoot(path, "smoke", context.now);
    const places = { backends: join(folder, "none"), configured: {}, env: {}, protectedTrees: [] };
    const plan = await choosePlanFor(root, {
      candidate: "fake",
      lanes: await probeLanes(["fake"], places),
      fixtures: ["fix-failing-test"],
      trials: 1,
      bounds: await chooseBounds("auto"),
      now: context.now,
    });
    await writePlan(root, plan);
    await runRoot(root, plan, {
      keys,
      env: {},
      places,
      concurrency: 1,
      log: () => undefined,
      interrupt: context.io.interrupt(),
    });
    const [trial] = await collectTrials(path, plan.plan, plan.id, root.trusted);
    const closed = trial?.state === "present" && trial.report?.outcome === "completed";
    return closed
      ? { code: null, message: "one trial of the fake lane ran, was sealed and read back" }
      : {
          code: "SMOKE_FAILED",
          message: `the fake lane's trial is ${trial?.report?.outcome ?? trial?.state ?? "missing"}`,
        };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
