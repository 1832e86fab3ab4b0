import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "@stage6/evidence-interface";
import type { Lane, LanePlan } from "@stage6/lane-contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runTrial } from "./run-trial.ts";
import type { SourceState } from "./source-check.ts";
import { stubLane } from "./testing/stub-lane.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import { makeTrialRoot, planFor, readSealed, specFor } from "./testing/trial-root.ts";
import type { TrialSpec } from "./trial-spec.ts";

let folder: string;
let root: string;
beforeEach(async () => {
  folder = makeTempFolder();
  root = await makeTrialRoot(folder);
});
afterEach(() => removeTempFolder(folder));

const RENEW = `fs.writeFileSync("src/value.txt", "new\\n");`;
const git = (...args: readonly string[]): string => `execFileSync("git", ${JSON.stringify(args)});`;
const COMMIT = git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qam", "fix");
const lane = (script: string, change: Partial<Lane> = {}, plan: Partial<LanePlan> = {}): Lane => ({
  ...stubLane(folder, `say("working"); ${script} done();`, { plan: () => plan }),
  ...change,
});

async function run(one: Lane, change: Partial<TrialSpec> = {}) {
  const spec = await specFor(root, one, {}, change);
  const end = await runTrial(spec);
  if (end.state !== "sealed") throw new Error("the trial was not sealed");
  const sealed = await readSealed(root, spec.trial);
  expect(sealed.findings).toEqual([]);
  return { ...sealed, report: end.report };
}

describe("local commits", () => {
  const committing = { localCommits: true } as const;

  it("are a violation in a plan of lanes that do not work by committing", async () => {
    const { report, observation } = await run(lane(`${RENEW} ${COMMIT}`));
    expect(report.closure.class).toBe("BOUNDARY_VIOLATION");
    expect(report.boundary.violations).toContainEqual({ path: ".git/refs/heads/main", rule: "git-state" });
    expect(observation?.workspace.branch).toBeUndefined();
  });

  it("are permitted on the work branch where one lane of the plan works by committing", async () => {
    const { report, observation, folder: bundle } = await run(lane(`${RENEW} ${COMMIT}`, committing));
    expect([report.outcome, report.boundary.violations]).toEqual(["completed", []]);
    expect(observation?.workspace.branch).toBe("stage6-work");
    // The patch is the working tree's, committed or not.
    expect(readFileSync(join(bundle, "artifacts", "changes.patch"), "utf8")).toContain("-old\n+new\n");
  });

  it.each([
    ["a move of main", git("branch", "-f", "main", "HEAD"), ".git/refs/heads/main"],
    ["another branch", git("branch", "other"), ".git/refs/heads/other"],
    ["a tag", git("tag", "v1"), ".git/refs/tags/v1"],
    ["another HEAD", git("checkout", "-q", "main"), ".git/HEAD"],
    ["a configuration", git("config", "core.pager", "x"), ".git/config"],
    [
      "a hook",
      `fs.mkdirSync(".git/hooks"); fs.writeFileSync(".git/hooks/pre-commit", "");`,
      ".git/hooks/pre-commit",
    ],
    [
      "an exclusion",
      `fs.mkdirSync(".git/info", {recursive: true}); fs.writeFileSync(".git/info/exclude", "*");`,
      ".git/info/exclude",
    ],
  ])("permit nothing beside them: %s stays a violation", async (_name, act, path) => {
    const { report } = await run(lane(`${RENEW} ${COMMIT} ${act}`, committing));
    expect(report.closure.class).toBe("BOUNDARY_VIOLATION");
    expect(report.boundary.violations).toContainEqual({ path, rule: "git-state" });
  });

  it("are permitted to every lane of a plan or to none, so that lanes are compared alike", async () => {
    const plain = stubLane(folder, "done();", { id: "plain" });
    const other = { ...stubLane(folder, "done();", { id: "other" }), ...committing };
    expect((await planFor(root, [plain])).localCommits).toBeUndefined();
    expect((await planFor(root, [plain, other])).localCommits).toBe("permitted");
  });
});

describe("a backend's own folder in the target", () => {
  const plan: Partial<LanePlan> = {
    stateFolder: ".state",
    collect: [{ stream: "session", folder: "workspace-state/logs", suffix: ".jsonl" }],
    refuseWhenPresent: [".state"],
  };
  const WRITE = `fs.mkdirSync(".state/logs", {recursive: true}); fs.writeFileSync(".state/logs/a.jsonl", '{"say":"hello"}\\n');`;

  it("is taken out before anyone looks, and collected", async () => {
    const { report, folder: bundle } = await run(lane(`${RENEW} ${WRITE}`, {}, plan));
    expect([report.outcome, report.boundary.violations, report.boundary.allowedChanges]).toEqual([
      "completed",
      [],
      1,
    ]);
    expect(readFileSync(join(bundle, "artifacts", "session.raw"), "utf8")).toBe('{"say":"hello"}\n');
    expect(readFileSync(join(bundle, "artifacts", "changes.patch"), "utf8")).not.toContain("hello");
  });

  it.each([
    ["a link", `fs.symlinkSync("/etc", ".state");`],
    ["a file", `fs.writeFileSync(".state", "x");`],
  ])("that is %s stays, and is the violation that it is", async (_name, act) => {
    const { report } = await run(lane(`${RENEW} ${act}`, {}, plan));
    expect(report.closure.class).toBe("BOUNDARY_VIOLATION");
    expect(report.boundary.violations.map(({ path }) => path)).toEqual([".state"]);
  });

  it("is nobody else's: without the plan's word it is a change outside", async () => {
    const { report } = await run(lane(`${RENEW} ${WRITE}`));
    expect(report.closure.class).toBe("BOUNDARY_VIOLATION");
  });
});

describe("the source of a backend", () => {
  const state = (text: string | null, refusal: SourceState["refusal"] = null): SourceState => ({
    digest: text === null ? null : sha256(text),
    document: Buffer.from(JSON.stringify({ text })),
    refusal,
  });
  const watched = (before: SourceState, after: SourceState): Partial<TrialSpec> => ({
    checkSource: (when) => Promise.resolve(when === "before" ? before : after),
  });

  it("that stays as it was is one more protected tree", async () => {
    const { report, observation, folder: bundle } = await run(lane(RENEW), watched(state("a"), state("a")));
    expect(report.outcome).toBe("completed");
    for (const when of ["before", "after"])
      expect(readFileSync(join(bundle, "artifacts", `source-${when}.json`), "utf8")).toBe('{"text":"a"}');
    expect(observation?.protected.map(({ name }) => name)).toEqual([
      "home",
      "origin",
      "source",
      "surroundings",
    ]);
  });

  it.each([
    ["was changed", state("b")],
    ["could not be read again", state(null)],
  ])("that %s during the trial is a violation", async (_name, after) => {
    const { report } = await run(lane(RENEW), watched(state("a"), after));
    expect(report.closure.class).toBe("BOUNDARY_VIOLATION");
    expect(report.boundary.violations).toEqual([{ path: "tree:source", rule: "outside-allowed" }]);
  });

  it("that is refused keeps the backend from being started", async () => {
    const refusal = { code: "SOURCE_CHANGED", detail: "another tree" };
    const { report, observation } = await run(lane(RENEW), watched(state("a", refusal), state("a")));
    expect([report.outcome, report.processExit]).toEqual(["lane-unavailable", null]);
    expect(observation?.preparation).toMatchObject({ state: "lane-unavailable", ...refusal });
  });
});
