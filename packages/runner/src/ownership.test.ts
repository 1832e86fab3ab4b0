import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OWNERSHIP_CLASSES, type OwnershipRecord, writeStrictBytes } from "@stage6/evidence-interface";
import { rootLayout } from "@stage6/evidence-interface/fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addFixture } from "./add-fixture.ts";
import { runPlan } from "./run-plan.ts";
import { runTrial } from "./run-trial.ts";
import { git } from "./testing/run-git.ts";
import { stubLane } from "./testing/stub-lane.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import {
  fixtureSource,
  makeTrialRoot,
  planFor,
  readSealed,
  runInput,
  specFor,
} from "./testing/trial-root.ts";

let folder: string;
let root: string;

beforeEach(async () => {
  folder = makeTempFolder();
  root = await makeTrialRoot(folder);
});
afterEach(() => removeTempFolder(folder));

const file = (): string => join(rootLayout(root).fixtures, "renew", "ownership.json");
function read(): OwnershipRecord {
  const record: OwnershipRecord = JSON.parse(readFileSync(file(), "utf8"));
  return record;
}
const write = (change: (record: OwnershipRecord) => object): void =>
  writeFileSync(file(), writeStrictBytes({ ...read(), ...change(read()) }));

/** A lane whose backend leaves a mark as soon as it is spawned, for a run or for a preflight. */
function marking() {
  const mark = join(folder, "spawned");
  const lane = stubLane(folder, `fs.writeFileSync(${JSON.stringify(mark)}, ""); done();`, {
    plan: ({ backend }) => ({
      preflight: { argv: [backend.executable, ...backend.args], detail: "It failed.", remedy: "Mend it." },
    }),
  });
  return { lane, spawned: () => existsSync(mark) };
}

async function run() {
  const { lane, spawned } = marking();
  const spec = await specFor(root, lane);
  const end = await runTrial(spec);
  if (end.state !== "sealed") throw new Error("the trial was not sealed");
  const { observation, types, findings } = await readSealed(root, spec.trial);
  expect(findings).toEqual([]);
  return { report: end.report, types, preparation: observation?.preparation, spawned: spawned() };
}

test("a lane is started on a target that its owner's record covers", async () => {
  expect(await run()).toMatchObject({ spawned: true, preparation: { state: "ready" } });
});

const SPOILERS: readonly (readonly [string, () => void])[] = [
  ["without a record", () => rmSync(file())],
  ...OWNERSHIP_CLASSES.slice(1).map(
    (name) => [`of class ${name}`, () => write(() => ({ class: name }))] as const,
  ),
  ["whose record is for another fixture", () => write(() => ({ fixture: "other" }))],
  [
    "whose record is for another commit",
    () => write(({ repository }) => ({ repository: { ...repository, baseCommit: "a".repeat(40) } })),
  ],
  [
    "whose record is for another repository",
    () => write(({ repository }) => ({ repository: { ...repository, origin: "https://example.invalid/x" } })),
  ],
  [
    "whose record is for another history",
    () => write(({ repository }) => ({ repository: { ...repository, rootCommits: ["b".repeat(40)] } })),
  ],
  ["whose owner agreed to fewer paths", () => write(() => ({ allowedPaths: ["src/value.txt"] }))],
  ["whose record is no JSON", () => writeFileSync(file(), "owned, I promise\n")],
  ["whose record has an unknown key", () => write(() => ({ approvedBy: "lane" }))],
];

test.each(SPOILERS)(
  "a target %s is TARGET_NOT_OWNED, and nothing of the lane is spawned",
  async (_name, spoil) => {
    spoil();
    const { report, preparation, spawned, types } = await run();
    expect(preparation).toMatchObject({ state: "refused", code: "TARGET_NOT_OWNED" });
    expect(report.closure.class).toBe("TARGET_REFUSED");
    expect(spawned).toBe(false);
    expect(types).not.toContain("process.started");
  },
);

test("a record that was changed after the plan was made stops the run", async () => {
  const { lane, spawned } = marking();
  const plan = await planFor(root, [lane]);
  write(() => ({ owner: "somebody else" }));
  await expect(runPlan(await runInput(root, plan, [lane]))).rejects.toMatchObject({ code: "PLAN_MISMATCH" });
  expect(spawned()).toBe(false);
});

test("a record names the remote that the repository came from, without user and password", async () => {
  git(join(folder, "target"), "remote", "add", "origin", "https://me:secret@example.invalid/shop.git");
  const other = join(folder, "more");
  rmSync(root, { recursive: true });
  const fixture = await addFixture(other, fixtureSource(join(folder, "target")));
  const record: OwnershipRecord = JSON.parse(readFileSync(join(other, "renew", "ownership.json"), "utf8"));
  expect(record).toMatchObject({ class: "owned-noncritical", allowedPaths: ["src/**"] });
  expect(record.repository).toEqual({
    rootCommits: [fixture.repository.baseCommit],
    baseCommit: fixture.repository.baseCommit,
    origin: "https://example.invalid/shop.git",
  });
  expect(fixture.repository.origin).toBe("https://example.invalid/shop.git");
});
