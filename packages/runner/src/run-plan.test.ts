import { randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { readJournal, sha256 } from "@stage6/evidence-interface";
import { rootLayout, trialPath } from "@stage6/evidence-interface/fs";
import type { Lane } from "@stage6/lane-contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeIntent } from "./attempt-files.ts";
import { MAX_ATTEMPTS, runPlan, trialsOf, type RunPlanInput, type TrialProgress } from "./run-plan.ts";
import { sealPlan } from "./make-plan.ts";
import { stubLane } from "./testing/stub-lane.ts";
import { makeTempFolder, removeTempFolder, until } from "./testing/temp-folder.ts";
import { makeTrialRoot, planFor, readSealed, runInput, writeFiles } from "./testing/trial-root.ts";

const SUCCESS = `fs.writeFileSync("src/value.txt", "new\\n"); done();`;

let folder: string;
let root: string;
let lanes: readonly Lane[];

beforeEach(async () => {
  folder = makeTempFolder();
  root = await makeTrialRoot(folder);
  lanes = [stubLane(folder, SUCCESS), stubLane(folder, SUCCESS, { id: "other" })];
});
afterEach(() => removeTempFolder(folder));

const quoted = (name: string): string => JSON.stringify(join(folder, name));

async function prepare(use: readonly Lane[] = lanes, change: Partial<RunPlanInput> = {}) {
  const plan = await planFor(root, use);
  const progress: string[] = [];
  const onProgress = (item: TrialProgress): void => void progress.push(`${item.kind} ${item.trial.lane}`);
  const input = await runInput(root, plan, use, { onProgress, ...change });
  return { plan, input, progress, trials: trialsOf(plan, sealPlan(plan).id) };
}

describe("running a plan", () => {
  it("runs what has no bundle yet, and nothing twice", async () => {
    const { input, progress, trials } = await prepare();
    const [first] = trials;
    expect(await runPlan({ ...input, concurrency: 2 })).toEqual({
      planned: 2,
      kept: 0,
      sealed: 2,
      missing: 0,
    });
    for (const trial of trials) expect((await readSealed(root, trial)).findings).toEqual([]);
    progress.length = 0;
    expect(await runPlan(input)).toEqual({ planned: 2, kept: 2, sealed: 0, missing: 0 });
    expect(progress).toEqual(["kept other", "kept stub"]);
    expect(first).toMatchObject({ lane: "other", number: 1 });
    expect(readdirSync(rootLayout(root).attempts)).not.toContain("run.lock");
  });

  it.each(["attempts", "runs", "staging"] as const)(
    "writes through no link that stands for %s or for a folder below it",
    async (name) => {
      const outside = join(folder, "outside");
      mkdirSync(outside);
      const { input, plan } = await prepare([stubLane(folder, SUCCESS)]);
      const { [name]: at } = rootLayout(root);
      mkdirSync(at, { recursive: true });
      if (name !== "staging") {
        symlinkSync(outside, join(at, sealPlan(plan).id));
        await expect(runPlan(input)).rejects.toMatchObject({ code: "ENOTDIR" });
      }
      renameSync(at, join(folder, "moved"));
      symlinkSync(outside, at);
      await expect(runPlan(input)).rejects.toMatchObject({ code: "ENOTDIR" });
      expect(readdirSync(outside)).toEqual([]);
    },
  );

  it("writes the intent of an attempt before it, and never over another", async () => {
    const { input, trials } = await prepare([stubLane(folder, SUCCESS)]);
    const [trial] = trials;
    if (trial === undefined) throw new Error("no trial");
    const attempts = join(rootLayout(root).attempts, trialPath(trial));
    const interrupt = new AbortController();
    const stopped: TrialProgress[] = [];
    const first = await runPlan({
      ...input,
      interrupt: interrupt.signal,
      onProgress: (item) => {
        stopped.push(item);
        interrupt.abort();
      },
    });
    expect(first).toEqual({ planned: 1, kept: 0, sealed: 0, missing: 1 });
    expect(stopped.map(({ kind }) => kind)).toEqual(["started", "given-up"]);
    // The intent, and the runner's signed word that the operator interrupted it.
    expect(readdirSync(attempts)).toHaveLength(2);
    expect(await runPlan(input)).toMatchObject({ sealed: 1, missing: 0 });
    const names = readdirSync(attempts);
    expect(names).toHaveLength(3);
    const { report, findings } = await readSealed(root, trial);
    expect(findings).toEqual([]);
    expect(names).toContain(`${report?.attemptId ?? ""}.json`);
  });

  it("puts every attempt into the journal before it runs, also one whose runner was ended before the line", async () => {
    const { input, trials } = await prepare();
    const [lost, other] = trials;
    if (lost === undefined || other === undefined) throw new Error("no trial");
    const attemptId = randomUUID();
    const startedAt = new Date().toISOString();
    await writeIntent(root, { trial: lost, attemptId, planDigest: sealPlan(input.plan).digest, startedAt });
    const journal = (): string[] => {
      const read = readJournal(readFileSync(rootLayout(root).journal));
      return read.ok ? read.entries.map(({ path }) => path) : [];
    };
    let before: readonly string[] = [];
    const onProgress = ({ kind, trial }: TrialProgress): void => {
      if (kind === "started") before = journal().filter((path) => path.includes(trialPath(trial)));
    };
    expect(await runPlan({ ...input, onProgress, journal: { harness: "sample" } })).toMatchObject({
      sealed: 2,
    });
    expect(before).toHaveLength(1);
    const attempts = trials.flatMap((trial) =>
      readdirSync(join(rootLayout(root).attempts, trialPath(trial))).map(
        (name) => `attempts/${trialPath(trial)}/${name}`,
      ),
    );
    expect(journal().toSorted()).toEqual(attempts.toSorted());
    expect(journal()[0]).toContain(attemptId);
    const seen = { entries: 9, head: sha256("more than there is") };
    await expect(runPlan({ ...input, journal: { harness: "sample", seen } })).rejects.toMatchObject({
      code: "JOURNAL_ROLLED_BACK",
    });
  });

  it("starts nothing after an interrupt", async () => {
    const { input, progress } = await prepare();
    const interrupt = AbortSignal.abort();
    expect(await runPlan({ ...input, interrupt })).toEqual({ planned: 2, kept: 0, sealed: 0, missing: 2 });
    expect(progress).toEqual([]);
  });

  it("gives a trial up of which the operator interrupted many attempts", async () => {
    const { input, progress, trials } = await prepare([stubLane(folder, SUCCESS)]);
    const [trial] = trials;
    if (trial === undefined) throw new Error("no trial");
    const attempts = join(rootLayout(root).attempts, trialPath(trial));
    writeFiles(
      attempts,
      Object.fromEntries(
        Array.from({ length: MAX_ATTEMPTS }, () => randomUUID()).flatMap((id) => [
          [`${id}.json`, "{}"],
          [`${id}.interrupted.json`, "{}"],
        ]),
      ),
    );
    expect(await runPlan(input)).toMatchObject({ sealed: 0, missing: 1 });
    expect(progress).toEqual(["given-up stub"]);
  });

  it("removes what a killed run left in staging", async () => {
    const { input } = await prepare([stubLane(folder, SUCCESS)]);
    const { staging } = rootLayout(root);
    mkdirSync(join(staging, "left", "artifacts"), { recursive: true });
    writeFileSync(join(staging, "file"), "");
    await runPlan(input);
    expect(readdirSync(staging)).toEqual([]);
  });

  it("leaves blocked lanes alone", async () => {
    const { plan, input, progress } = await prepare();
    const reason = { code: "BACKEND_MISSING", detail: "", remedy: "" } as const;
    const blocked = plan.lanes.map((lane) =>
      lane.lane === "stub" ? { ...lane, state: "blocked" as const, reason } : lane,
    );
    expect(await runPlan({ ...input, plan: { ...plan, lanes: blocked } })).toMatchObject({
      planned: 1,
      sealed: 1,
    });
    expect(progress).toEqual(["started other", "sealed other"]);
  });
});

describe("a plan that no longer fits", () => {
  it("is refused when a fixture was changed", async () => {
    const { input, progress } = await prepare();
    const path = join(rootLayout(root).fixtures, "renew", "fixture.json");
    writeFileSync(path, readFileSync(path, "utf8").replace("Renew the value", "Renew a value"));
    await expect(runPlan(input)).rejects.toMatchObject({ code: "PLAN_MISMATCH" });
    expect(progress).toEqual([]);
    expect(existsSync(rootLayout(root).runs)).toBe(false);
  });

  it("is refused when a backend, an adapter or a lane is another one", async () => {
    const { input } = await prepare([stubLane(folder, SUCCESS)]);
    const adapter = { ...stubLane(folder, SUCCESS), adapterVersion: "9.0.0" };
    const changes: Partial<RunPlanInput>[] = [
      { lanes: new Map() },
      { lanes: (await runInput(root, input.plan, [adapter])).lanes },
      { lanes: (await runInput(root, input.plan, [stubLane(folder, `${SUCCESS} // other`)])).lanes },
    ];
    for (const change of changes)
      await expect(runPlan({ ...input, ...change })).rejects.toMatchObject({ code: "PLAN_MISMATCH" });
    expect(readdirSync(rootLayout(root).attempts)).toEqual([]);
  });
});

describe("two runs of one root", () => {
  it("never drive it at the same time", async () => {
    const { input } = await prepare([
      stubLane(
        folder,
        `fs.writeFileSync(${quoted("started")}, ""); await appears(${quoted("go")}); ${SUCCESS}`,
      ),
    ]);
    const first = runPlan(input);
    await until(() => existsSync(join(folder, "started")));
    await expect(runPlan(input)).rejects.toMatchObject({ code: "ROOT_BUSY" });
    writeFiles(folder, { go: "" });
    expect(await first).toMatchObject({ sealed: 1 });
  });

  it("do not overlap when a trial of the first fails while another still runs", async () => {
    const slow = stubLane(
      folder,
      `fs.writeFileSync(${quoted("started")}, ""); await appears(${quoted("go")}); ${SUCCESS}`,
      { id: "slow" },
    );
    const { input, plan } = await prepare([slow, stubLane(folder, SUCCESS, { id: "zz" })]);
    // The target of the second trial is taken after the run began: sealing it throws.
    const taken = trialsOf(plan, sealPlan(plan).id).find(({ lane }) => lane === "zz");
    if (taken === undefined) throw new Error("no trial");
    let over = false;
    const first = runPlan({
      ...input,
      concurrency: 2,
      onProgress: ({ kind, trial }) => {
        if (kind === "started" && trial.lane === "zz")
          mkdirSync(join(rootLayout(root).runs, trialPath(taken)), { recursive: true });
      },
    }).finally(() => {
      over = true;
    });
    const failed: Promise<unknown> = first.catch((error: unknown) => error);
    const ends = join(rootLayout(root).staging);
    await until(() => existsSync(join(folder, "started")));
    await until(() => readdirSync(ends).length === 1);
    expect(over).toBe(false);
    writeFiles(folder, { go: "" });
    expect(await failed).toMatchObject({ code: "TARGET_EXISTS" });
    const [kept] = trialsOf(plan, sealPlan(plan).id);
    if (kept === undefined) throw new Error("no trial");
    expect((await readSealed(root, kept)).findings).toEqual([]);
  });
});
