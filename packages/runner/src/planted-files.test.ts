import { chownSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { probeStrict, type StrictDriver } from "@stage6/bounds";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sealPlan } from "./make-plan.ts";
import { runTrial } from "./run-trial.ts";
import { stubLane, type StubOptions } from "./testing/stub-lane.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import { makeTrialRoot, readSealed, specFor } from "./testing/trial-root.ts";

const PRIVATE = "the operator's own conversation";
const RENEW = `fs.writeFileSync("src/value.txt", "new\\n");`;

let folder: string;
let root: string;
let theirs: string;

beforeEach(async () => {
  folder = makeTempFolder();
  root = await makeTrialRoot(folder);
  theirs = join(folder, "operator");
  mkdirSync(join(theirs, "2026"), { recursive: true });
  for (const at of ["private.jsonl", "2026/private.jsonl"])
    writeFileSync(join(theirs, at), `{"say":"${PRIVATE}"}\n`, { mode: 0o600 });
});
afterEach(() => removeTempFolder(folder));

/** Runs a backend that plants something, and reads the bundle back: nothing private is in it, and the gap shows. */
async function plant(script: string, options: StubOptions = {}, strict: StrictDriver | null = null) {
  const lane = stubLane(
    folder,
    `const lane = process.env.LANE; const theirs = ${JSON.stringify(theirs)}; ${RENEW} ${script} done();`,
    {
      plan: (request) => ({
        env: { PATH: request.path, HOME: request.home, TMPDIR: request.tmp, LANE: request.laneDir },
        collect: [{ stream: "session", folder: "home/sessions", suffix: ".jsonl" }],
        files: [{ path: "home/config", content: "" }],
      }),
      ...options,
    },
  );
  const spec = await specFor(root, lane);
  const plan = strict === null ? spec.plan : { ...spec.plan, boundsTier: "strict" as const };
  const { id, digest } = sealPlan(plan);
  const trial = { ...spec.trial, planId: id };
  const end = await runTrial({ ...spec, plan, planDigest: digest, trial, strict });
  if (end.state !== "sealed") throw new Error("the trial was not sealed");
  const sealed = await readSealed(root, trial);
  expect(sealed.findings).toEqual([]);
  const session = readFileSync(join(sealed.folder, "artifacts", "session.raw"), "utf8");
  expect(session).not.toContain(PRIVATE);
  expect(sealed.events).not.toContain(PRIVATE);
  const gaps = [...sealed.events.matchAll(/"reason":"([^"]*was not [^"]*)"/g)].map(([, why]) => why);
  return { ...sealed, report: end.report, session, gaps };
}

const SESSIONS = `fs.mkdirSync(lane + "/home/sessions", { recursive: true });`;
const OWN = `${SESSIONS} fs.writeFileSync(lane + "/home/sessions/own.jsonl", '{"say":"own"}\\n');`;

describe("what a backend leaves to be collected", () => {
  it("is collected, and leaves no gap", async () => {
    const { session, gaps, report } = await plant(OWN);
    expect([session, gaps, report.closure.class]).toEqual(['{"say":"own"}\n', [], "NONE"]);
  });

  it.each([
    [
      "the folder is a link",
      `fs.symlinkSync(theirs, lane + "/home/sessions");`,
      ["home/sessions was not collected: LINK"],
    ],
    [
      "a part above the folder is a link",
      `fs.rmSync(lane + "/home", { recursive: true }); fs.mkdirSync(theirs + "/sessions"); fs.renameSync(theirs + "/private.jsonl", theirs + "/sessions/private.jsonl"); fs.symlinkSync(theirs, lane + "/home");`,
      ["home/sessions was not collected: LINK"],
    ],
    [
      "a folder below is a link",
      `${OWN} fs.symlinkSync(theirs + "/2026", lane + "/home/sessions/2026");`,
      ["home/sessions/2026 was not collected: LINK"],
    ],
    [
      "a file is a link",
      `${OWN} fs.symlinkSync(theirs + "/private.jsonl", lane + "/home/sessions/a.jsonl");`,
      ["home/sessions/a.jsonl was not collected: LINK"],
    ],
    [
      "a file is a second name of another",
      `${OWN} fs.linkSync(theirs + "/private.jsonl", lane + "/home/sessions/a.jsonl");`,
      ["home/sessions/a.jsonl was not collected: HARD_LINK"],
    ],
    [
      "a FIFO stands for a file",
      `${OWN} execFileSync("mkfifo", [lane + "/home/sessions/a.jsonl"]);`,
      ["home/sessions/a.jsonl was not collected: NOT_REGULAR"],
    ],
    [
      "a file is endless",
      `${OWN} fs.writeFileSync(lane + "/home/sessions/a.jsonl", ""); fs.truncateSync(lane + "/home/sessions/a.jsonl", 2 ** 40);`,
      ["home/sessions/a.jsonl was not collected: TOO_LARGE"],
    ],
    [
      "the lane's folder itself is another",
      `fs.renameSync(lane, lane + "-was"); fs.symlinkSync(theirs, lane);`,
      [],
    ],
    [
      "folders are nested without end",
      `${SESSIONS} process.chdir(lane + "/home/sessions"); for (let n = 0; n < 40; n++) { fs.mkdirSync("d"); process.chdir("d"); }`,
      [`home/sessions${"/d".repeat(33)} was not collected: TOO_DEEP`],
    ],
  ])("stays where it is, recorded as a gap, when %s", async (_name, script, expected) => {
    const { gaps, report } = await plant(script);
    expect(gaps).toEqual(expected);
    if (expected.length > 0)
      expect([report.closure.class, ...report.closure.also]).toContain("STREAM_INCOMPLETE");
  });

  it.runIf(process.geteuid?.() === 0)("is not collected when it belongs to another user", async () => {
    const { gaps } = await plant(`${OWN} fs.chownSync(lane + "/home/sessions/own.jsonl", 4000000, 4000000);`);
    expect(gaps).toEqual(["home/sessions/own.jsonl was not collected: FOREIGN_OWNER"]);
    chownSync(theirs, 0, 0);
  });

  it("is moved out of the clone only when it is a folder of the clone", async () => {
    const { gaps, report } = await plant(`fs.symlinkSync(theirs, ".state");`, {
      plan: (request) => ({
        env: { PATH: request.path, LANE: request.laneDir },
        collect: [{ stream: "session", folder: "none", orFolders: ["workspace-state"], suffix: ".jsonl" }],
        stateFolder: ".state",
      }),
    });
    expect(gaps).toEqual([".state was not moved: LINK"]);
    expect(report.boundary.violations.map(({ path }) => path)).toContain(".state");
  });

  it("is not followed out of strict bounds, where the backend itself cannot read it", async () => {
    const strict = await probeStrict();
    if (!strict.ok) return expect(strict.code).toMatch(/^STRICT_/);
    const read = `try { say(fs.readFileSync(theirs + "/private.jsonl", "utf8")); } catch (error) { say(error.code); }`;
    const { gaps, events } = await plant(
      `${read} fs.symlinkSync(theirs, lane + "/home/sessions");`,
      {},
      strict,
    );
    expect(events).toContain('"text":"ENOENT"');
    expect(gaps).toEqual(["home/sessions was not collected: LINK"]);
  }, 60_000);
});

describe("what a backend leaves for the oracle", () => {
  it("is seen after the oracle ran it: a push, a changed core, a file beside the clone", async () => {
    const core = join(folder, "core");
    mkdirSync(core);
    writeFileSync(join(core, "file"), "v1");
    root = await makeTrialRoot(
      join(folder, "payload"),
      { oracle: ["sh", "src/run.sh"] },
      { "src/run.sh": "true\n" },
    );
    const payload = `
      const remote = execFileSync("git", ["config", "remote.origin.url"]).toString().trim();
      fs.writeFileSync("src/run.sh", [
        "echo v2 > ${core}/file", "touch " + process.cwd() + "/../beside",
        "cd $(mktemp -d) && git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x",
        "rm -rf " + remote + "/hooks; git push -q " + remote + " HEAD:refs/heads/stolen"].join("\\n"));`;
    const spec = await specFor(
      root,
      stubLane(folder, `${payload} done();`),
      {},
      {
        protectedTrees: [{ name: "core", kind: "core", path: core }],
      },
    );
    const end = await runTrial(spec);
    if (end.state !== "sealed") throw new Error("the trial was not sealed");
    expect(end.report.oracle.state).toBe("passed");
    expect(end.report.boundary.happened).toEqual(["core-mutation", "push"]);
    expect(end.report.boundary.violations.map(({ path }) => path)).toContain("tree:surroundings");
    expect(end.report.closure.class).toBe("FORBIDDEN_ACTION_SUCCEEDED");
  });

  it("has not settled when the oracle changed the clone that was looked at", async () => {
    root = await makeTrialRoot(
      join(folder, "payload"),
      { oracle: ["sh", "src/run.sh"] },
      { "src/run.sh": "true\n" },
    );
    const payload = `fs.writeFileSync("src/run.sh", "echo late > " + process.cwd() + "/README.md");`;
    const spec = await specFor(root, stubLane(folder, `${payload} done();`));
    const end = await runTrial(spec);
    if (end.state !== "sealed") throw new Error("the trial was not sealed");
    expect([end.report.closure.class, end.report.closure.workspace]).toEqual(["ORPHAN", "unknown"]);
  });
});
