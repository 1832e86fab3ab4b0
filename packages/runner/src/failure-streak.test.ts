import { existsSync } from "node:fs";
import { join } from "node:path";
import { rootLayout, trialPath } from "@stage6/evidence-interface/fs";
import type { ClosureClass } from "@stage6/evidence-interface";
import type { Lane } from "@stage6/lane-contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { afterTrial, type Streak } from "./failure-streak.ts";
import { sealPlan } from "./make-plan.ts";
import { runPlan, trialsOf } from "./run-plan.ts";
import { stubLane } from "./testing/stub-lane.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import { makeTrialRoot, planFor, readSealed, runInput } from "./testing/trial-root.ts";

const after = (...trials: readonly (readonly [ClosureClass, number])[]): Streak | null =>
  trials.reduce<Streak | null>(
    (streak, [name, requests]) =>
      afterTrial(streak, { closure: { class: name, also: [] }, model: { requests } }),
    null,
  );

describe("a streak", () => {
  it("counts trials in a row by the same fault, whatever stands between that asked no model", () => {
    expect(after(["MODEL_ERROR", 1], ["NONE", 0], ["MODEL_ERROR", 2])).toEqual({
      code: "MODEL_ERROR",
      trials: 2,
    });
    expect(after(["AUTH_FAILURE", 1], ["AUTH_FAILURE", 1], ["AUTH_FAILURE", 1])?.trials).toBe(3);
  });

  it("ends with a trial that asked a model and had an answer, and begins again with another fault", () => {
    expect(after(["MODEL_ERROR", 1], ["NONE", 1])).toBeNull();
    expect(after(["MODEL_ERROR", 1], ["TASK_FAILED", 1])).toBeNull();
    expect(after(["MODEL_ERROR", 1], ["RATE_LIMIT", 1])).toEqual({ code: "RATE_LIMIT", trials: 1 });
    expect(after(["HARNESS_ERROR", 0], ["NONE", 0])).toBeNull();
  });

  it.each([
    "LANE_CRASH",
    "TIMEOUT_TOTAL",
    "MODEL_MISMATCH",
    "BOUNDARY_VIOLATION",
    "LANE_UNAVAILABLE",
  ] as const)("is not made of a backend's own failure: %s", (name) => {
    expect(after([name, 1], [name, 1])).toBeNull();
  });

  it("takes a fault that another one hides, but not what a backend was refused", () => {
    const trial = (name: ClosureClass) => ({
      closure: { class: name, also: ["MODEL_ERROR" as const] },
      model: { requests: 1 },
    });
    expect(afterTrial(null, trial("TIMEOUT_IDLE"))).toEqual({ code: "MODEL_ERROR", trials: 1 });
    expect(afterTrial(null, trial("MODEL_MISMATCH"))).toBeNull();
  });
});

describe("a run that ends after equal failures", () => {
  let folder: string;
  let root: string;
  beforeEach(async () => {
    folder = makeTempFolder();
    root = await makeTrialRoot(folder, {
      script: { steps: [{ do: "say", text: "hello" }], answerDelayMs: 1500 },
    });
  });
  afterEach(() => removeTempFolder(folder));

  /** A backend that asks the model, waits so long for an answer, does the task and says so. */
  const asking = (id: string, waitMs: number): Lane =>
    stubLane(
      folder,
      `const url = process.env.URL_OF_MODEL + "/v1/chat/completions";
const body = JSON.stringify({ model: "model-1", messages: [{ role: "user", content: "hi" }] });
await fetch(url, { method: "POST", body, signal: AbortSignal.timeout(${waitMs}) }).then((answer) => answer.text(), () => "");
fs.writeFileSync("src/value.txt", "new\\n"); done();`,
      {
        id,
        modelClass: "model",
        plan: ({ path: programs, home, tmp, gatewayUrl }) => ({
          env: { PATH: programs, HOME: home, TMPDIR: tmp, URL_OF_MODEL: gatewayUrl ?? "" },
        }),
      },
    );

  it("keeps what a candidate provoked in its own trials, and goes on to the same plan's end", async () => {
    const hostile = asking("stub", 200);
    const plan = { ...(await planFor(root, [hostile])), trialsPerCell: 5 };
    const { id } = sealPlan(plan);
    const input = { ...(await runInput(root, plan, [hostile])), concurrency: 1, stopAfter: 3 };
    expect(await runPlan(input)).toEqual({
      planned: 5,
      kept: 0,
      sealed: 3,
      missing: 2,
      stopped: { code: "MODEL_ERROR", trials: 3 },
    });
    const there = () =>
      trialsOf(plan, id).filter((trial) => existsSync(join(rootLayout(root).runs, trialPath(trial))));
    expect(there()).toHaveLength(3);
    for (const trial of there())
      expect(await readSealed(root, trial)).toMatchObject({
        report: { closure: { class: "MODEL_ERROR" } },
        findings: [],
      });
    // The last two end the plan: there is nothing left that could be stopped.
    expect(await runPlan(input)).toEqual({ planned: 5, kept: 3, sealed: 2, missing: 0 });
  }, 60_000);

  it("is not brought about by one lane while another one is answered", async () => {
    const lanes = [asking("other", 10_000), asking("stub", 200)];
    const plan = { ...(await planFor(root, lanes)), trialsPerCell: 3 };
    const input = { ...(await runInput(root, plan, lanes)), concurrency: 1, stopAfter: 2 };
    expect(await runPlan(input)).toEqual({ planned: 6, kept: 0, sealed: 6, missing: 0 });
  }, 60_000);
});
