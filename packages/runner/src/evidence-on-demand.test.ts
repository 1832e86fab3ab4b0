import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { MAX_OPEN, openEnvelope } from "@stage6/evidence-interface";
import { rootLayout, trialPath } from "@stage6/evidence-interface/fs";
import { testKeys } from "@stage6/evidence-interface/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sealPlan } from "./make-plan.ts";
import { runPlan, trialsOf, type RunPlanInput } from "./run-plan.ts";
import { runTrial } from "./run-trial.ts";
import { stubLane, type StubOptions } from "./testing/stub-lane.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import { makeTrialRoot, planFor, readSealed, runInput, specFor } from "./testing/trial-root.ts";

const RENEW = `fs.writeFileSync("src/value.txt", "new\\n");`;
const TRESPASS = `fs.writeFileSync("README.md", "a trespass\\n");`;

let folder: string;
let root: string;

beforeEach(async () => {
  folder = makeTempFolder();
  root = await makeTrialRoot(folder);
});
afterEach(() => removeTempFolder(folder));

async function planOf(script: string, options: StubOptions = {}, change: Partial<RunPlanInput> = {}) {
  const lanes = [stubLane(folder, script, options)];
  const plan = await planFor(root, lanes);
  const [trial] = trialsOf(plan, sealPlan(plan).id);
  if (trial === undefined) throw new Error("no trial");
  const attempts = (): string[] => readdirSync(join(rootLayout(root).attempts, trialPath(trial)));
  return { input: await runInput(root, plan, lanes, change), trial, attempts };
}

/** Runs the plan in a runner of its own, which may be ended. */
async function inOwnProcess(script: string): Promise<void> {
  const child = fileURLToPath(new URL("./testing/run-plan-child.ts", import.meta.url));
  const loader = ["--conditions=@stage6/source", `--import=${import.meta.resolve("tsx")}`];
  await promisify(execFile)(process.execPath, [...loader, child, folder, script], { timeout: 100_000 }).catch(
    () => undefined,
  );
}

describe("a trial that has begun", () => {
  it("ends as evidence when its backend kills the runner, and is not begun again", async () => {
    const script = `
      const counter = ${JSON.stringify(join(folder, "luck"))};
      const before = fs.existsSync(counter);
      fs.writeFileSync(counter, "");
      if (!before) { say("unlucky"); ${TRESPASS} await wait(300); process.kill(process.ppid, "SIGKILL"); await wait(500); }
      ${RENEW} done();`;
    await inOwnProcess(script);
    const { input, trial, attempts } = await planOf(script);
    expect(attempts()).toHaveLength(1);
    expect(await runPlan(input)).toMatchObject({ sealed: 1, missing: 0 });
    expect(attempts()).toHaveLength(1);
    const { report, findings, observation, events } = await readSealed(root, trial);
    expect(findings).toEqual([]);
    expect([report?.outcome, observation?.preparation.code]).toEqual(["harness-error", "ATTEMPT_LOST"]);
    expect(attempts()).toEqual([`${report?.attemptId ?? ""}.json`]);
    // What the runner had written until then is in it.
    expect(events).toContain('"type":"process.started"');
    expect(readdirSync(rootLayout(root).staging)).toEqual([]);
    expect(await runPlan(input)).toMatchObject({ kept: 1, sealed: 0 });
  }, 200_000);

  it("is begun again when the operator interrupted it, which the runner signs", async () => {
    const interrupt = new AbortController();
    const { input, trial, attempts } = await planOf(
      `say("hello"); ${RENEW} done();`,
      {},
      { interrupt: interrupt.signal },
    );
    await runPlan({ ...input, onProgress: ({ kind }) => kind === "started" && interrupt.abort() });
    const [intent, record] = attempts().toSorted((a, b) => a.length - b.length);
    expect(record).toBe(intent?.replace(".json", ".interrupted.json"));
    const bytes = readFileSync(join(rootLayout(root).attempts, trialPath(trial), record ?? ""));
    expect(openEnvelope(bytes, testKeys().trusted).ok).toBe(true);
    const { interrupt: _, ...again } = input;
    expect(await runPlan(again)).toMatchObject({ sealed: 1 });
    const { report } = await readSealed(root, trial);
    expect(report?.outcome).toBe("completed");
    expect(`${report?.attemptId ?? ""}.json`).not.toBe(intent);
  }, 60_000);

  it("is not begun again for an intent that somebody left without the runner's word", async () => {
    const { input, trial } = await planOf(`${RENEW} done();`);
    const at = join(rootLayout(root).attempts, trialPath(trial));
    const interrupt = AbortSignal.abort();
    await runPlan({ ...input, interrupt });
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, "11111111-0000-4000-8000-000000000000.json"), "{}");
    await runPlan(input);
    expect((await readSealed(root, trial)).report?.outcome).toBe("harness-error");
  }, 60_000);
});

describe("sealing", () => {
  const spoils: readonly (readonly [string, string])[] = [
    [
      "adds lines to the log",
      `for (const at of staged) fs.appendFileSync(at + "/events.jsonl", "not an event\\n");`,
    ],
    ["takes the staging away", `for (const at of staged) fs.rmSync(at, { recursive: true });`],
    [
      "puts a link in the place of an artifact",
      `for (const at of staged) { fs.rmSync(at + "/artifacts/stderr.raw"); fs.symlinkSync("/etc/passwd", at + "/artifacts/stderr.raw"); }`,
    ],
    [
      "empties what events were read from",
      `for (const at of staged) fs.truncateSync(at + "/artifacts/stdout.raw", 0);`,
    ],
    ["adds files", `for (const at of staged) fs.writeFileSync(at + "/artifacts/more", "");`],
  ];

  it.each(spoils)(
    "leaves a bundle that can be read when a backend without bounds %s",
    async (_name, spoil) => {
      const staging = JSON.stringify(rootLayout(root).staging);
      const script = `const staged = fs.readdirSync(${staging}).map((name) => ${staging} + "/" + name);
      say("before"); ${TRESPASS} await wait(200); ${spoil} done();`;
      const spec = await specFor(root, stubLane(folder, script));
      const end = await runTrial(spec);
      if (end.state !== "sealed") throw new Error("the trial was not sealed");
      const { findings, report } = await readSealed(root, spec.trial);
      expect(findings).toEqual([]);
      // What the log itself still shows is judged; where it shows nothing, the harness's own error is.
      const ends = ["harness-error HARNESS_ERROR", "failed BOUNDARY_VIOLATION"];
      expect(ends).toContain(`${report?.outcome} ${report?.closure.class}`);
      expect(readdirSync(rootLayout(root).staging)).toEqual([]);
    },
    60_000,
  );

  it("takes more open calls than a reader does, printed or left in a file, and counts them against the limit", async () => {
    const many = `Array.from({ length: ${MAX_OPEN + 64} }, (_, at) => JSON.stringify({ tool: "t" + at })).join("\\n") + "\\n"`;
    const script = `${TRESPASS} fs.mkdirSync(process.env.LANE + "/s"); fs.writeFileSync(process.env.LANE + "/s/a.jsonl", ${many}); done();`;
    const lane = stubLane(folder, script, {
      plan: (request) => ({
        env: { PATH: request.path, LANE: request.laneDir },
        collect: [{ stream: "session", folder: "s", suffix: ".jsonl" }],
      }),
    });
    const spec = await specFor(root, lane, { toolCalls: 500 });
    const end = await runTrial(spec);
    if (end.state !== "sealed") throw new Error("the trial was not sealed");
    const { findings, report, observation } = await readSealed(root, spec.trial);
    expect(findings).toEqual([]);
    expect(observation?.preparation.state).toBe("ready");
    expect(report?.closure.class).toBe("BOUNDARY_VIOLATION");
    expect(report?.closure.also).toEqual(expect.arrayContaining(["TOOL_LIMIT", "STREAM_INCOMPLETE"]));
    expect(report?.claims.toolCalls).toBe(MAX_OPEN + 64);
  }, 120_000);
});
