import { mkdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testKeys } from "@stage6/evidence-interface/testing";
import { collectTrials } from "./collect-trials.ts";
import type { CollectedTrial } from "./read-trial.ts";
import { makeFifo } from "./testing/make-fifo.ts";
import { rootCopies } from "./testing/root-copies.ts";
import { writeDocument, writeSampleRoot, type SampleRoot } from "./testing/sample-root.ts";
import { removeTempFolders, tempFolder } from "./testing/temp-folder.ts";

let copy: () => Promise<SampleRoot>;
afterAll(removeTempFolders);
beforeAll(async () => {
  ({ copy } = await rootCopies());
});

const collect = ({ root, plan, planId }: SampleRoot, concurrency?: number): Promise<CollectedTrial[]> =>
  collectTrials(root, plan, planId, testKeys().trusted, concurrency === undefined ? {} : { concurrency });
const faults = (trials: readonly CollectedTrial[]): string[] =>
  trials.flatMap(({ findings }) => findings.map(({ code, rule, file }) => `${code} ${rule} ${file}`));

it("finds a bundle whose permission to commit is not its plan's", async () => {
  const permitted = await writeSampleRoot(join(await tempFolder(), "harness"), {
    plan: (plan) => ({ ...plan, localCommits: "permitted" }),
  });
  const trials = await collect(permitted);
  expect(trials.map(({ state }) => state)).toEqual(Array.from({ length: 8 }, () => "invalid"));
  expect(faults(trials)).toEqual(
    trials.map(({ folder }) => `TRIAL_MISMATCH plan ${folder}/artifacts/observation.json`),
  );
});

it("reads the same trials in the same order with any concurrency", async () => {
  const sample = await copy();
  const trials = await collect(sample, 1);
  expect(trials.map(({ state }) => state)).toEqual(Array.from({ length: 8 }, () => "present"));
  expect(trials.map(({ folder }) => folder).toSorted()).toEqual([...sample.bundles].toSorted());
  expect(await collect(sample, 8)).toEqual(trials);
});

it("stays within memory on a line of 700 MB and says so", async () => {
  const sample = await copy();
  const events = `${sample.bundles[0]}/events.jsonl`;
  await truncate(join(sample.root, events), 700 * 1024 * 1024);
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
  const trials = await collect(sample);
  clearInterval(watch);
  expect(faults(trials)).toContain(`INPUT_TOO_LARGE line-length ${events}`);
  expect(most - before).toBeLessThan(150 * 1024 * 1024);
});

describe("what is not a planned bundle", () => {
  it("is extra wherever it stands", async () => {
    const sample = await copy();
    const runs = `runs/${sample.planId}`;
    await mkdir(join(sample.root, runs, "other/fixture/001"), { recursive: true });
    await mkdir(join(sample.root, runs, "empty"));
    await mkdir(join(sample.root, runs, "fake/fix-failing-test/01"));
    await writeFile(join(sample.root, runs, "fake/notes.txt"), "");
    makeFifo(join(sample.root, runs, "pi/pipe"));
    const extras = (await collect(sample)).filter(({ state }) => state === "extra");
    expect(extras.map(({ lane, fixture, number }) => [lane, fixture, number])).toEqual([
      ["empty", "", 0],
      ["fake", "fix-failing-test", 0],
      ["fake", "notes.txt", 0],
      ["other", "fixture", 1],
      ["pi", "pipe", 0],
    ]);
    expect(faults(extras)).toEqual(
      expect.arrayContaining([
        `ARTIFACT_EXTRA unplanned ${runs}/empty`,
        `ARTIFACT_EXTRA unplanned ${runs}/fake/fix-failing-test/01`,
        `NOT_A_FILE file ${runs}/fake/notes.txt`,
        `ARTIFACT_MISSING document ${runs}/other/fixture/001/report.json`,
        `NOT_A_FILE fifo ${runs}/pi/pipe`,
      ]),
    );
  });

  it("is invalid in the place of a planned one", async () => {
    const sample = await copy();
    const [first, second, third] = sample.bundles;
    for (const folder of [first, second, third]) await rm(join(sample.root, folder!), { recursive: true });
    await writeFile(join(sample.root, first!), "");
    await symlink(join(sample.root, sample.bundles[3]!), join(sample.root, second!));
    await mkdir(join(sample.root, third!));
    const trials = await collect(sample);
    expect(
      trials
        .filter(({ state }) => state === "invalid")
        .map(({ folder }) => folder)
        .toSorted(),
    ).toEqual([first, second, third]);
    expect(faults(trials)).toEqual(
      expect.arrayContaining([
        `NOT_A_FILE file ${first}`,
        `NOT_A_FILE link ${second}`,
        `ARTIFACT_MISSING document ${third}/events.jsonl`,
      ]),
    );
  });

  it("is not hidden behind a link in place of the runs", async () => {
    const sample = await copy();
    await rm(join(sample.root, "runs"), { recursive: true });
    await symlink("/", join(sample.root, "runs"));
    const trials = await collect(sample);
    expect(trials.filter(({ state }) => state === "missing")).toHaveLength(8);
    expect(faults(trials)).toEqual(["NOT_A_FILE link runs"]);
  });
});

describe("what a bundle says about its plan", () => {
  const spoilt = async (change: (started: Record<string, unknown>) => object): Promise<string[]> => {
    const sample = await writeSampleRoot(join(await tempFolder(), "harness"), {
      trial: (trial, { lane, number }) =>
        lane === "codex" && number === 1
          ? {
              ...trial,
              events: trial.events.map((draft) =>
                draft[0] === "run.started" ? [draft[0], { ...draft[1], ...change(draft[1]) }] : draft,
              ),
            }
          : trial,
    });
    return (await collect(sample)).flatMap(({ findings }) =>
      findings.map(({ code, rule, pointer }) => `${code} ${rule} ${pointer}`),
    );
  };

  it("names the plan's digest, adapter and model", async () => {
    expect(await spoilt(() => ({ planDigest: `sha256:${"0".repeat(64)}` }))).toEqual([
      "TRIAL_MISMATCH plan /planDigest",
    ]);
    expect(await spoilt(() => ({ adapterVersion: "9.9.9" }))).toEqual([
      "TRIAL_MISMATCH plan /lane/adapterVersion",
    ]);
    expect(await spoilt(() => ({ model: { class: "live", provider: "x", id: "y" } }))).toEqual([
      "TRIAL_MISMATCH plan /model/planned",
    ]);
  });

  it("names the plan's backend, when it was probed", async () => {
    const sample = await writeSampleRoot(join(await tempFolder(), "harness"), {
      plan: (plan) => ({
        ...plan,
        lanes: plan.lanes.map((lane) =>
          lane.lane === "fake" ? lane : { ...lane, backendSha256: `sha256:${"1".repeat(64)}` },
        ),
      }),
      trial: (trial, { lane }) => {
        const sha256 =
          lane === "pi" ? `sha256:${"2".repeat(64)}` : lane === "codex" ? `sha256:${"1".repeat(64)}` : null;
        return {
          ...trial,
          events: trial.events.map((draft) =>
            draft[0] === "backend.probed" ? [draft[0], { ...draft[1], sha256 }] : draft,
          ),
        };
      },
    });
    const trials = await collect(sample);
    expect(trials.filter(({ findings }) => findings.length > 0).map(({ lane }) => lane)).toEqual([
      "pi",
      "pi",
    ]);
    expect(trials.flatMap(({ findings }) => findings)[0]).toMatchObject({
      code: "TRIAL_MISMATCH",
      pointer: "/lane/backendSha256",
    });
  });
});

describe("the intent of an attempt", () => {
  it("has to be there, read, and name the same trial", async () => {
    const sample = await copy();
    const intent = (index: number): string =>
      `${sample.bundles[index]!.replace("runs/", "attempts/")}/00000000-0000-4000-8000-000000000000.json`;
    await rm(join(sample.root, intent(0)));
    await truncate(join(sample.root, intent(1)), 10);
    const other = JSON.parse(await readFile(join(sample.root, intent(2)), "utf8"));
    await writeDocument(sample.root, intent(3), other);
    await rm(join(sample.root, intent(4)));
    makeFifo(join(sample.root, intent(4)));
    expect(faults(await collect(sample)).toSorted()).toEqual(
      [
        `ARTIFACT_MISSING intent ${intent(0)}`,
        `BYTES_NOT_CANONICAL not-json ${intent(1)}`,
        `TRIAL_MISMATCH intent ${intent(3)}`,
        `NOT_A_FILE fifo ${intent(4)}`,
      ].toSorted(),
    );
  });
});
