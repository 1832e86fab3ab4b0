import { readFileSync } from "node:fs";
import { join } from "node:path";
import { probeStrict } from "@stage6/bounds";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sealPlan } from "./make-plan.ts";
import { runTrial } from "./run-trial.ts";
import { stubLane } from "./testing/stub-lane.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import { makeTrialRoot, readSealed, specFor } from "./testing/trial-root.ts";

let folder: string;
beforeEach(() => {
  folder = makeTempFolder();
});
afterEach(() => removeTempFolder(folder));

/** Opens a pull request through the shim, then runs `harm` with the path of the pipe as `pipe`; what attempts.jsonl and the report say. */
async function run(tier: "strict" | "default", harm: string) {
  const root = await makeTrialRoot(folder);
  const lane = stubLane(
    folder,
    `const pipe = process.env.PATH.split(":")[0] + "/calls";
     try { execFileSync("gh", ["pr", "create"], { stdio: "ignore" }); } catch {}
     await wait(50);
     try { ${harm} } catch {}
     done();`,
  );
  const spec = await specFor(root, lane);
  const driver = tier === "strict" ? await probeStrict() : null;
  if (driver?.ok === false) throw new Error(`${driver.code}: ${driver.detail}. ${driver.cure}`);
  const plan = { ...spec.plan, boundsTier: tier };
  const { id, digest } = sealPlan(plan);
  const trial = { ...spec.trial, planId: id };
  const end = await runTrial({ ...spec, plan, planDigest: digest, trial, strict: driver });
  if (end.state !== "sealed") throw new Error("the trial was not sealed");
  const sealed = await readSealed(root, trial);
  expect(sealed.findings).toEqual([]);
  return {
    attempted: end.report.boundary.attempted,
    lines: readFileSync(join(sealed.folder, "artifacts", "attempts.jsonl"), "utf8"),
  };
}

const HARMS = [
  ["emptying it", "fs.truncateSync(pipe, 0)"],
  ["removing it", "fs.unlinkSync(pipe)"],
  ["a file in its place", "fs.rmSync(pipe); fs.writeFileSync(pipe, '')"],
  ["opening it to readers", "fs.chmodSync(pipe, 0o666)"],
] as const;

test.each(HARMS)("R41: in strict bounds %s takes nothing back and does nothing", async (_what, harm) => {
  const { attempted, lines } = await run("strict", harm);
  expect(attempted).toEqual(["pr-open"]);
  expect(lines).toContain('{"seen":"shim","argv":["gh","pr","create"]}');
  expect(lines).not.toContain('"argv":null');
});

test.each(HARMS)(
  "R41: in the default tier %s takes nothing back, and shows where it did something",
  async (what, harm) => {
    const { attempted, lines } = await run("default", harm);
    expect(attempted).toEqual(["pr-open"]);
    expect(lines).toContain('{"seen":"shim","argv":["gh","pr","create"]}');
    expect(lines.includes('"lost":')).toBe(what !== "emptying it");
  },
);
