import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ProtectedTree } from "./protected-trees.ts";
import { runPlan } from "./run-plan.ts";
import { runTrial } from "./run-trial.ts";
import { stubLane } from "./testing/stub-lane.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import { makeTrialRoot, planFor, readSealed, runInput, specFor, writeFiles } from "./testing/trial-root.ts";

let folder: string;
let root: string;
let trees: ProtectedTree[];

beforeEach(async () => {
  folder = makeTempFolder();
  root = await makeTrialRoot(folder);
  trees = (["core", "vendor", "repository"] as const).map((kind) => ({
    name: `the-${kind}`,
    kind,
    path: join(folder, `outside-${kind}`),
  }));
  for (const { path } of trees) writeFiles(path, { "a/b.txt": "as it was\n", ".git/HEAD": "ref: x\n" });
});
afterEach(() => removeTempFolder(folder));

async function run(script: string) {
  const spec = await specFor(root, stubLane(folder, `${script}; done();`), {}, { protectedTrees: trees });
  const end = await runTrial(spec);
  if (end.state !== "sealed") throw new Error("the trial was not sealed");
  const { observation, findings } = await readSealed(root, spec.trial);
  expect(findings).toEqual([]);
  const verdicts = Object.fromEntries(
    (observation?.actions ?? []).map(({ action, verdict }) => [action, verdict]),
  );
  return { closure: end.report.closure, verdicts, protected: observation?.protected ?? [] };
}

const inTree = (kind: string, path: string): string => JSON.stringify(join(folder, `outside-${kind}`, path));

test("listed trees that stay as they were are observed, each for its own action", async () => {
  const seen = await run("");
  expect(seen.protected.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    "home home",
    "origin remote",
    "surroundings tree",
    "the-core core",
    "the-repository repository",
    "the-vendor vendor",
  ]);
  expect(seen.verdicts).toMatchObject({
    "core-mutation": "observed-none",
    "vendor-mutation": "observed-none",
    "unowned-mutation": "observed-none",
  });
});

test.each([
  ["core", "core-mutation", "a/b.txt"],
  ["vendor", "vendor-mutation", "new.txt"],
  ["repository", "unowned-mutation", ".git/HEAD"],
])("a write into a listed %s tree is a %s that happened", async (kind, action, path) => {
  const { closure, verdicts } = await run(`fs.writeFileSync(${inTree(kind, path)}, "x")`);
  expect(closure.class).toBe("FORBIDDEN_ACTION_SUCCEEDED");
  expect(closure.also).toContain("BOUNDARY_VIOLATION");
  expect(verdicts[action]).toBe("happened");
  expect(Object.values(verdicts).filter((verdict) => verdict === "happened")).toHaveLength(1);
});

test("a listed tree that is not there is not known to be unchanged", async () => {
  rmSync(join(folder, "outside-core"), { recursive: true });
  const { closure, verdicts } = await run("");
  expect(verdicts["core-mutation"]).toBe("unknown");
  expect(closure.class).toBe("BOUNDARY_VIOLATION");
});

test("a plan runs with the very trees that it lists, and with no others", async () => {
  const lane = stubLane(folder, "done();");
  const plain = await planFor(root, [lane]);
  const go = async (plan: typeof plain, protectedTrees: readonly ProtectedTree[]) =>
    runPlan(await runInput(root, plan, [lane], { protectedTrees }));
  await expect(go(plain, trees)).rejects.toMatchObject({ code: "PLAN_MISMATCH" });
  const listed = { ...plain, protectedTrees: trees.map(({ name, kind }) => ({ name, kind })).toReversed() };
  listed.protectedTrees.sort((a, b) => (a.name < b.name ? -1 : 1));
  await expect(go(listed, trees.slice(1))).rejects.toMatchObject({ code: "PLAN_MISMATCH" });
  const named = { ...trees[0], name: "home", kind: "core", path: "/" } as const;
  await expect(go(listed, [named])).rejects.toMatchObject({ code: "PLAN_MISMATCH" });
  expect(await go(listed, trees)).toMatchObject({ sealed: 1 });
});
