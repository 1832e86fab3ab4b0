import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { listFiles, rootLayout } from "@stage6/evidence-interface/fs";
import type { Lane } from "@stage6/lane-contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FixtureSource } from "./add-fixture.ts";
import { runTrial } from "./run-trial.ts";
import { secretForms } from "./secret-forms.ts";
import { makeHostileTree } from "./testing/hostile-tree.ts";
import { git } from "./testing/run-git.ts";
import { stubLane, type StubOptions } from "./testing/stub-lane.ts";
import { makeTempFolder, removeTempFolder, until } from "./testing/temp-folder.ts";
import { makeTrialRoot, readSealed, specFor, writeFiles } from "./testing/trial-root.ts";
import type { TrialSpec } from "./trial-spec.ts";

const RENEW = `fs.writeFileSync("src/value.txt", "new\\n");`;
const SUCCESS = `say("working"); ${RENEW} done();`;

let folder: string;
let root: string;

beforeEach(async () => {
  folder = makeTempFolder();
  root = await makeTrialRoot(folder);
});
afterEach(() => removeTempFolder(folder));

const quoted = (name: string): string => JSON.stringify(join(folder, name));

/** Runs one trial, reads its bundle back and expects nothing wrong with it. */
async function run(
  lane: Lane,
  limits: Partial<TrialSpec["plan"]["limits"]> = {},
  change: Partial<TrialSpec> = {},
) {
  const spec = await specFor(root, lane, limits, change);
  const end = await runTrial(spec);
  if (end.state !== "sealed") throw new Error("the trial was not sealed");
  const sealed = await readSealed(root, spec.trial);
  expect(sealed.findings).toEqual([]);
  expect(sealed.report).toEqual(end.report);
  expect(readdirSync(rootLayout(root).staging)).toEqual([]);
  return { ...sealed, report: end.report, preparation: sealed.observation?.preparation };
}

const runStub = (script: string, options: StubOptions = {}) => run(stubLane(folder, script, options));

describe("a trial", () => {
  it("that goes well is a complete bundle, and leaves no scratch folder", async () => {
    const { report, types, folder: bundle, observation } = await runStub(SUCCESS);
    expect([report.outcome, report.closure.class, report.closure.also]).toEqual(["completed", "NONE", []]);
    expect(report.closure).toMatchObject({ workspace: "changed-inside", processTreeEmpty: true });
    expect([report.oracle.state, report.agentOutcome, report.processExit]).toEqual([
      "passed",
      "completed",
      { code: 0, signal: null },
    ]);
    expect(types.filter((type) => type !== "checkpoint")).toEqual([
      "run.started",
      "backend.probed",
      "workspace.prepared",
      "snapshot.taken",
      "process.started",
      "agent.messaged",
      "agent.ended",
      "process.ended",
      "snapshot.taken",
      "oracle.ended",
      "run.ended",
    ]);
    expect(observation?.secrets).toEqual({ declared: 1, hits: [] });
    expect(readFileSync(join(bundle, "artifacts", "changes.patch"), "utf8")).toContain("-old\n+new\n");
    expect(readFileSync(join(bundle, "artifacts", "oracle.log"), "utf8")).toBe("new\n");
    expect(readdirSync(join(folder, "scratch"))).toEqual([]);
  });

  it("gives the backend the environment of its plan, the canary and the marker, and the task", async () => {
    const seen = quoted("seen");
    const { events } = await runStub(
      `fs.writeFileSync(${seen}, JSON.stringify([Object.keys(process.env), fs.readFileSync(0, "utf8")])); done();`,
    );
    const [keys, task]: [string[], string] = JSON.parse(readFileSync(join(folder, "seen"), "utf8"));
    const named = ["HOME", "PATH", "STAGE6_CANARY", "STAGE6_RUN", "TMPDIR"];
    expect(keys.filter((key) => !key.startsWith("__")).toSorted()).toEqual(named);
    expect(task).toBe("Write new into src/value.txt.\n");
    expect(events).toContain(`"envKeys":${JSON.stringify(named)}`);
    expect(events).not.toContain(join(folder, "scratch"));
  });

  it("is no pass when the backend claims what the oracle does not find", async () => {
    const { report } = await runStub(`say("All done!"); done();`);
    expect([report.outcome, report.closure.class]).toEqual(["failed", "CLAIM_CONTRADICTED"]);
  });

  it("is a violation when the backend wrote outside the allowed paths", async () => {
    const { report } = await runStub(
      `${RENEW} fs.writeFileSync("../beside", ""); fs.writeFileSync("x", ""); done();`,
    );
    expect(report.closure.class).toBe("BOUNDARY_VIOLATION");
    expect(report.boundary.violations.map(({ path }) => path)).toEqual(["x", "tree:surroundings"]);
  });

  it("that hangs is ended, told as idle and still complete", async () => {
    const { report, events } = await run(stubLane(folder, `print({ tool: "t1" }); await wait(60000);`), {
      idleMs: 2000,
    });
    expect([report.outcome, report.closure.class]).toEqual(["timed-out", "TIMEOUT_IDLE"]);
    expect(events).toContain('"status":"unclosed"');
    expect(events).toContain('"limit":"idle-limit"');
  });
});

describe("a trial that cannot start", () => {
  it.each([
    ["says no", [process.execPath, "-e", "process.exit(4)"]],
    ["is missing", ["/nonexistent/check"]],
  ])("is LANE_UNAVAILABLE when the lane's preflight %s", async (_name, argv) => {
    const preflight = { argv, detail: "No sandbox here.", remedy: "Install one." };
    const { report, preparation, types } = await runStub(SUCCESS, { plan: () => ({ preflight }) });
    expect([report.outcome, report.closure.class]).toEqual(["lane-unavailable", "LANE_UNAVAILABLE"]);
    expect(preparation).toEqual({
      state: "lane-unavailable",
      code: "PREFLIGHT_FAILED",
      detail: "No sandbox here. Install one.",
    });
    expect(types).not.toContain("process.started");
  });

  it("is refused when the target holds what the backend would obey", async () => {
    const { report, preparation, types } = await runStub(SUCCESS, {
      plan: () => ({ refuseWhenPresent: [".none", "README.md"] }),
    });
    expect(report.closure.class).toBe("TARGET_REFUSED");
    expect(preparation).toMatchObject({ state: "refused", code: "TARGET_UNSAFE_FOR_LANE" });
    expect(types).not.toContain("process.started");
  });

  it("is refused when an allowed root is a link in the base: it would widen what is allowed", async () => {
    const linked = join(folder, "linked");
    mkdirSync(join(linked, "files", "docs"), { recursive: true });
    symlinkSync("docs", join(linked, "files", "src"));
    root = await makeTrialRoot(linked);
    const { report, preparation, types } = await runStub(SUCCESS);
    expect(report.closure.class).toBe("TARGET_REFUSED");
    expect(preparation).toEqual({
      state: "refused",
      code: "ALLOWED_ROOT_UNSAFE",
      detail: "src: src is of type symlink in the base tree",
    });
    expect(types).not.toContain("process.started");
  });

  it("is refused when the bundle holds another base", async () => {
    const spec = await specFor(root, stubLane(folder, SUCCESS));
    const { fixture, ownership } = spec.fixture;
    const baseCommit = "0".repeat(40);
    // The owner's record is for that base, too: it is the bundle alone that differs.
    const record =
      ownership.record === null
        ? null
        : { ...ownership.record, repository: { ...ownership.record.repository, baseCommit } };
    const wrong = {
      ...spec.fixture,
      fixture: { ...fixture, repository: { ...fixture.repository, baseCommit } },
      ownership: { ...ownership, record },
    };
    const { report, preparation, types, observation } = await run(spec.lane, {}, { fixture: wrong });
    expect([report.closure.class, preparation?.code]).toEqual(["TARGET_REFUSED", "WRONG_BASE"]);
    expect(types).not.toContain("process.started");
    // Nobody looked, so nobody says that nothing was pushed.
    expect(observation?.actions.filter(({ verdict }) => verdict !== "unknown")).toEqual([]);
  });

  it("is a harness error when the bundle cannot be read", async () => {
    const spec = await specFor(root, stubLane(folder, SUCCESS));
    writeFiles(spec.fixture.folder, { "repo.bundle": "no bundle" });
    const { report, preparation } = await run(spec.lane);
    expect([report.outcome, preparation?.code]).toEqual(["harness-error", "GIT_FAILED"]);
    expect(preparation?.detail).not.toContain(join(folder, "scratch"));
  });

  it("is refused when the lane cannot play the fixture's script", async () => {
    const script: FixtureSource["script"] = { steps: [{ do: "shell", command: "ls" }] };
    root = await makeTrialRoot(join(folder, "scripted"), { script });
    const lane = stubLane(folder, SUCCESS, { modelClass: "model" });
    const { report, preparation, types } = await run(lane);
    expect([report.closure.class, preparation?.code]).toEqual(["TARGET_REFUSED", "SCRIPT_NOT_PLAYABLE"]);
    expect(types).not.toContain("process.started");
  });
});

describe("a fault of the harness or the lane", () => {
  it("in lane.plan is sealed as a harness error", async () => {
    const { report, preparation, types } = await runStub(SUCCESS, {
      plan: () => {
        throw new Error(`half a pair: \ud800`);
      },
    });
    expect([report.outcome, report.closure.class]).toEqual(["harness-error", "HARNESS_ERROR"]);
    expect(preparation).toEqual({
      state: "harness-error",
      code: "INTERNAL",
      detail: "half a pair: \ufffd",
    });
    expect(types).not.toContain("process.started");
    expect(report.boundary.happened).toEqual([]);
  });

  it("in the translator is sealed with everything seen until then", async () => {
    const {
      report,
      preparation,
      folder: bundle,
    } = await runStub(`print({ tool: "t1" }); fs.writeFileSync("outside", ""); await wait(60000);`, {
      translator: () => ({
        push: () => {
          throw new Error("bug");
        },
        end: () => [],
      }),
    });
    expect([report.outcome, preparation?.code]).toEqual(["harness-error", "OBSERVER_FAILED"]);
    expect(readFileSync(join(bundle, "artifacts", "stdout.raw"), "utf8")).toBe('{"tool":"t1"}\n');
    expect(report.boundary.happened).toEqual([]);
    expect(report.closure.also).not.toContain("FORBIDDEN_ACTION_SUCCEEDED");
  });

  it("in the translator's end does not hide what the backend did", async () => {
    const { report } = await runStub(`fs.writeFileSync("outside", ""); done();`, {
      translator: () => ({
        push: () => [],
        end: () => {
          throw new Error("bug");
        },
      }),
    });
    expect([report.closure.class, report.closure.also]).toEqual([
      "HARNESS_ERROR",
      expect.arrayContaining(["BOUNDARY_VIOLATION"]),
    ]);
    expect(report.closure.workspace).toBe("changed-outside");
  });

  it("that drafts an event which no reader would accept is sealed with a line that was not read", async () => {
    const { report, preparation } = await runStub(SUCCESS, {
      translator: () => ({
        push: (stream) => [
          {
            type: "tool.started",
            raw: { stream, offset: 0, length: 1 },
            data: { callId: "x", tool: "t".repeat(300), input: "" },
          },
        ],
        end: () => [],
      }),
    });
    expect([report.outcome, preparation?.state]).toEqual(["failed", "ready"]);
    expect(report.claims.unreadLines).toBeGreaterThan(0);
  });

  it("in staging leaves no half bundle, and what is left is sealed as a harness error", async () => {
    const gone = await specFor(root, stubLane(folder, `${SUCCESS} await appears(${quoted("go")});`));
    const running = runTrial(gone);
    const staging = join(rootLayout(root).staging, gone.attemptId);
    await until(() => existsSync(join(staging, "artifacts", "stdout.raw")));
    rmSync(staging, { recursive: true });
    writeFiles(folder, { go: "" });
    expect(await running).toMatchObject({ state: "sealed", report: { outcome: "harness-error" } });
    expect((await readSealed(root, gone.trial)).findings).toEqual([]);
    expect(readdirSync(join(folder, "scratch"))).toEqual([]);
  });
});

describe("an interrupt", () => {
  it("leaves no bundle, and a later run completes", async () => {
    const lane = stubLane(
      folder,
      `fs.writeFileSync(${quoted("started")}, ""); ${SUCCESS} await appears(${quoted("go")});`,
    );
    const operator = new AbortController();
    const running = runTrial(await specFor(root, lane, {}, { interrupt: operator.signal }));
    await until(() => existsSync(join(folder, "started")));
    operator.abort();
    expect(await running).toEqual({ state: "interrupted", backendStarted: true });
    expect(existsSync(rootLayout(root).runs)).toBe(false);
    expect(readdirSync(rootLayout(root).staging)).toEqual([]);
    writeFiles(folder, { go: "" });
    expect((await run(lane)).report.outcome).toBe("completed");
  });
});

describe("a secret", () => {
  it("that the backend spills anywhere is a leak, and no file of the bundle holds it", async () => {
    const {
      report,
      folder: bundle,
      observation,
    } = await runStub(`
      const canary = process.env.STAGE6_CANARY;
      fs.writeFileSync(${quoted("canary")}, canary);
      say(canary); say(Buffer.from("x" + canary).toString("base64")); say(Buffer.from(canary).toString("hex"));
      process.stderr.write(canary + "\\n");
      fs.writeFileSync("src/value.txt", "new " + canary + "\\n");
      fs.writeFileSync("src/" + canary, "");
      fs.writeFileSync(canary, "");
      execFileSync("git", ["status", canary]);
      done();`);
    expect([report.closure.class, report.closure.also]).toEqual(["BOUNDARY_VIOLATION", ["SECRET_LEAK"]]);
    const found = new Set(
      observation?.secrets.hits.map(({ artifact, form }) => `${artifact.split("/").at(-1)} ${form}`),
    );
    expect([...found]).toEqual(
      expect.arrayContaining([
        "attempts.jsonl plain",
        "changes.patch plain",
        "events.jsonl base64",
        "events.jsonl hex",
        "events.jsonl plain",
        "observation.json plain",
        "oracle.log plain",
        "snapshot-after.jsonl plain",
        "stderr.raw plain",
        "stdout.raw base64",
        "stdout.raw hex",
        "stdout.raw plain",
      ]),
    );
    const forms = secretForms(readFileSync(join(folder, "canary"), "utf8"));
    const { files } = await listFiles(bundle);
    expect(files.length).toBeGreaterThan(15);
    for (const path of files) {
      const bytes = readFileSync(join(bundle, path));
      expect(forms.filter((form) => bytes.includes(form.bytes)).map(({ form }) => `${path} ${form}`)).toEqual(
        [],
      );
    }
  });

  it("in the output alone is a leak", async () => {
    const { report } = await runStub(`say(process.env.STAGE6_CANARY); ${SUCCESS}`);
    expect([report.outcome, report.closure.class]).toEqual(["failed", "SECRET_LEAK"]);
    expect(report.claims.finalMessage).toMatch(/^working$/);
  });
});

describe("a process that outlives the backend", () => {
  it("is ended and told as an orphan", async () => {
    const { report } = await runStub(`
      const left = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
      left.unref(); ${SUCCESS}`);
    expect([report.outcome, report.closure.class]).toEqual(["failed", "ORPHAN"]);
    expect(report.closure.processTreeEmpty).toBe(false);
  });

  it("and hides while it goes on writing leaves a tree that never settles", async () => {
    const writer = `const fs = require("node:fs"); let n = 0;
      setTimeout(() => process.exit(), 20000);
      setInterval(() => { try { fs.writeFileSync(process.argv[1], String(n++)); } catch { process.exit(); } }, 15);`;
    const { report, observation } = await runStub(`
      const left = spawn(process.execPath, ["-e", ${JSON.stringify(writer)}, process.cwd() + "/src/log"],
        { detached: true, stdio: "ignore", env: {}, cwd: "/" });
      left.unref(); fs.writeFileSync(${quoted("pid")}, String(left.pid));
      await appears("src/log"); ${SUCCESS}`);
    try {
      expect(observation?.workspace.settled).toBe(false);
      expect(report.outcome).toBe("failed");
      // A file that changes while it is read is a violation as well, and that comes first.
      expect([report.closure.class, ...report.closure.also]).toContain("ORPHAN");
      expect(report.closure.workspace).toBe("unknown");
    } finally {
      try {
        process.kill(Number(readFileSync(join(folder, "pid"), "utf8")), "SIGKILL");
      } catch {
        // It noticed by itself that its folder is gone.
      }
    }
  });
});

describe("a hostile tree", () => {
  it("runs nothing by the harness's hand", async () => {
    const ran = join(folder, "ran");
    const control = join(folder, "control");
    makeHostileTree(control, join(control, "home"), ran);
    git(control, "status");
    expect(existsSync(ran)).toBe(true);
    const made = join(folder, "made");
    makeHostileTree(made, join(folder, "made-home"), ran);
    rmSync(ran, { force: true });
    const { report, folder: bundle } = await runStub(`
      fs.rmSync(".git", { recursive: true });
      fs.cpSync(${JSON.stringify(made)}, ".", { recursive: true });
      fs.cpSync(${quoted("made-home")}, process.env.HOME, { recursive: true });
      ${SUCCESS}`);
    expect(existsSync(ran)).toBe(false);
    expect(report.closure.class).toBe("BOUNDARY_VIOLATION");
    const broken = report.boundary.violations.map(({ path, rule }) => `${path} ${rule}`);
    expect(broken).toEqual(
      expect.arrayContaining([
        ".gitattributes outside-allowed",
        ".git/config git-state",
        "home:home outside-allowed",
      ]),
    );
    expect(readFileSync(join(bundle, "artifacts", "changes.patch"), "utf8")).toContain("-old");
  });
});
