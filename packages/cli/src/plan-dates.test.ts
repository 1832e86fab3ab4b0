import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Sandbox } from "./testing/run-stage6.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.make();
  await sandbox.call(["init"]);
});
afterAll(async () => sandbox.remove());

const PLAN = ["plan", "--candidate", "fake", "--lanes", "fake", "--bounds", "default"];
const plans = (): Promise<string[]> => readdir(join(sandbox.path, "harness/plans")).catch(() => []);

test.each(["2001-01-01T00:00:00Z", "2126-01-01T00:00:00Z"])(
  "R8: a plan and a rehearsal are dated by the clock; --now %s is refused, and nothing is written",
  async (now) => {
    for (const words of [PLAN, ["rehearse", "--no-install", "--lanes", "fake"]]) {
      const ran = await sandbox.call([...words, "--now", now]);
      expect(ran.code).toBe(2);
      expect(ran.err).toContain("is dated by the clock; --now says another time");
    }
    expect(await plans()).toEqual([]);
  },
  120_000,
);

test("a dry run may state any time, because it writes nothing", async () => {
  const ran = await sandbox.call([...PLAN, "--dry-run", "--now", "2126-01-01T00:00:00Z"]);
  expect(ran.code).toBe(0);
  expect(await plans()).toEqual([]);
}, 120_000);

test("R8: a plan of a clock that was ahead is not run, and the gate refuses it (DATED_AHEAD)", async () => {
  const ahead = Date.now() + 86_400_000;
  expect((await sandbox.call(PLAN, {}, () => ahead)).code).toBe(0);
  const ran = await sandbox.call(["run", "--json"]);
  expect(ran.code).toBe(1);
  expect(JSON.parse(ran.out)).toMatchObject({ error: { code: "DATED_AHEAD" } });
  const gate: { checks: { id: string; code: string | null }[] } = JSON.parse(
    (await sandbox.call(["validate", "--json"])).out,
  );
  expect(gate.checks.find(({ id }) => id === "order")?.code).toBe("DATED_AHEAD");
}, 120_000);

test("R19: a plan that is made again in the same instant lists the one before; a clock set back makes none (CLOCK_BEHIND)", async () => {
  const at = Date.now() - 3_600_000;
  const list = async (trials: number, now: number): Promise<{ id: string; earlier: readonly string[] }> => {
    const words = [...PLAN, "--harness-root", "again", "--trials", String(trials), "--json"];
    const { out } = await sandbox.call(words, {}, () => now);
    const { plan }: { plan: { id: string; document: { earlierPlans?: string[] } } } = JSON.parse(out);
    return { id: plan.id, earlier: plan.document.earlierPlans ?? [] };
  };
  expect((await sandbox.call(["init", "--harness-root", "again"], {}, () => at - 3_600_000)).code).toBe(0);
  const first = await list(6, at);
  const same = await list(4, at);
  expect(first.earlier).toEqual([]);
  expect(same.earlier).toEqual([first.id]);
  const words = [...PLAN, "--harness-root", "again", "--trials", "5"];
  const back = await sandbox.call(words, {}, () => at - 60_000);
  expect(back).toMatchObject({ code: 1, err: expect.stringContaining("CLOCK_BEHIND") });
  expect((await list(4, at)).earlier).toEqual(same.earlier);
}, 180_000);
