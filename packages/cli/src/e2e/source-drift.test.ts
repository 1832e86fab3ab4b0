import { access, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { gitIn, makeCaseCheckout, type CaseCheckout } from "../testing/case-checkout.ts";
import { Sandbox } from "../testing/run-stage6.ts";

// The program behind the checkout is no Case: it answers the probe, and otherwise says that it was started and ends.
let sandbox: Sandbox;
let checkout: CaseCheckout;
beforeAll(async () => {
  sandbox = await Sandbox.make();
  checkout = await makeCaseCheckout(sandbox.path);
  await expectDone("init");
  await expectDone("admit-source", "--draft", "review.json");
  const file = join(sandbox.path, "review.json");
  const draft: object = JSON.parse(await readFile(file, "utf8"));
  const lockfiles = [{ path: "bun.lock", authoritative: true }];
  const filled = { ...draft, reviewer: "reviewer:sample", preparation: ["install"], lockfiles };
  await writeFile(file, JSON.stringify(filled));
  await expectDone("admit-source", "--review", "review.json");
}, 120_000);
afterAll(async () => sandbox.remove());

async function expectDone(...words: readonly string[]): Promise<void> {
  const { code, out, err } = await sandbox.call(words, checkout.env);
  expect({ words, code, said: code === 0 ? "" : `${out}${err}` }).toEqual({ words, code: 0, said: "" });
}

async function planFor(fixture: string): Promise<string> {
  const words = ["plan", "--candidate", "case", "--lanes", "case,fake", "--bounds", "default", "--json"];
  const { out } = await sandbox.call([...words, "--fixtures", fixture], checkout.env);
  const { plan }: { plan: { id: string } } = JSON.parse(out);
  return plan.id;
}

/** What the candidate's trials of a fixture left: outcomes of the reports, and all events as text. */
async function leftBy(plan: string, fixture: string): Promise<{ outcomes: string[]; events: string[] }> {
  const folder = join(sandbox.path, "harness/runs", plan, "case", fixture);
  const numbers = await readdir(folder);
  const read = async (file: string): Promise<string[]> =>
    Promise.all(numbers.map(async (number) => readFile(join(folder, number, file), "utf8")));
  const outcomes = (await read("report.json")).map((text) => {
    const { outcome, processExit }: { outcome: string; processExit: unknown } = JSON.parse(text);
    return `${outcome}, ${processExit === null ? "not started" : "started"}`;
  });
  return { outcomes, events: await read("events.jsonl") };
}

const started = async (): Promise<boolean> =>
  access(checkout.marker).then(
    () => true,
    () => false,
  );

it("R38: a source that drifts after its admission is not started, and the admitted one is", async () => {
  const [drifted, sound] = [await planFor("fix-failing-test"), await planFor("add-feature")];
  const guide = join(checkout.path, "docs/guide.md");
  await gitIn(checkout.path, "update-index", "--skip-worktree", "docs/guide.md");
  await writeFile(guide, "edited\n");
  // What the plan pins is held against the source before the first trial of any lane.
  const pinned = await sandbox.call(["run", "--plan", drifted], checkout.env);
  expect(pinned).toMatchObject({ code: 1 });
  expect(pinned.err).toContain("PLAN_MISMATCH");
  await writeFile(guide, "guide\n");

  // Dependencies are no part of the pinned program; the admission holds them, around every trial.
  const dependency = join(checkout.path, "node_modules/left-dep/package.json");
  const installed = await readFile(dependency);
  await writeFile(dependency, "{}");
  await sandbox.call(["run", "--plan", drifted], checkout.env);
  expect(await started()).toBe(false);
  const refused = await leftBy(drifted, "fix-failing-test");
  expect(refused.outcomes).toEqual(Array(3).fill("lane-unavailable, not started"));
  for (const events of refused.events) expect(events).toContain('"VENDOR_DIRTY"');

  await writeFile(dependency, installed);
  await sandbox.call(["run", "--plan", sound], checkout.env);
  expect(await started()).toBe(true);
  expect((await leftBy(sound, "add-feature")).outcomes).not.toContain("lane-unavailable, not started");
}, 240_000);
