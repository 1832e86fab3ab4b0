import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Fixture, Script, type EventDraft, type LaneRequest } from "@stage6/lane-contract";
import { fakeLane } from "@stage6/lane-fake";
import Type, { type Static } from "typebox";
import Value from "typebox/value";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const FIXTURES = fileURLToPath(new URL("../packages/cli/fixtures/", import.meta.url));
const ORACLE_LIMIT_MS = 10_000;
const BACKEND_LIMIT_MS = 30_000;

/** A built-in fixture before `init` has built its repository and taken its digests. */
const Seed = Type.Object(
  {
    id: Fixture.properties.id,
    title: Fixture.properties.title,
    allowedPaths: Fixture.properties.allowedPaths,
    expects: Fixture.properties.expects,
    oracle: Type.Object(
      { argv: Fixture.properties.oracle.properties.argv, files: Type.Array(Type.String()) },
      { additionalProperties: false },
    ),
    script: Script,
  },
  { additionalProperties: false },
);

let trial: string;
let workspace: string;

beforeEach(() => {
  trial = mkdtempSync(join(tmpdir(), "stage6-fixture-"));
  workspace = join(trial, "work");
});

afterEach(() => rmSync(trial, { recursive: true, force: true }));

function seedOf(id: string): Static<typeof Seed> {
  const seed: unknown = JSON.parse(readFileSync(join(FIXTURES, id, "fixture.seed.json"), "utf8"));
  return Value.Parse(Seed, seed);
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

/** Exit code of the oracle on a copy of the workspace, with the hidden files laid over it. */
function judge(id: string): number | null {
  const { argv } = seedOf(id).oracle;
  const copy = mkdtempSync(join(trial, "copy-"));
  cpSync(workspace, copy, { recursive: true });
  cpSync(join(FIXTURES, id, "oracle"), copy, { recursive: true });
  const [command = "", ...args] = argv;
  const executable = command === "node" ? process.execPath : command;
  return spawnSync(executable, args, {
    cwd: copy,
    env: { PATH: process.env.PATH, HOME: trial },
    timeout: ORACLE_LIMIT_MS,
  }).status;
}

/** Plays a script with the fake lane's real backend in the workspace, and returns what its translator read. */
async function play(task: string, script: Static<typeof Script>): Promise<readonly EventDraft[]> {
  const laneDir = join(trial, "lane");
  mkdirSync(laneDir);
  const entry = fakeLane.backend.kind === "node-script" ? fileURLToPath(fakeLane.backend.url) : "";
  const request: LaneRequest = {
    backend: { executable: process.execPath, args: [entry] },
    task,
    workspace,
    laneDir,
    home: trial,
    tmp: trial,
    gatewayUrl: null,
    script,
    idleMs: 1000,
    allowedPaths: ["**"],
    model: { class: "none", provider: "", id: "" },
    // The fixture's own `node` is the one that runs this test.
    path: `${dirname(process.execPath)}:/usr/bin:/bin`,
  };
  const plan = fakeLane.plan(request);
  for (const file of plan.files) writeFileSync(join(laneDir, file.path), file.content);
  const [executable = "", ...args] = plan.argv;
  const child = spawn(executable, args, {
    cwd: workspace,
    env: { ...plan.env },
    timeout: BACKEND_LIMIT_MS,
    killSignal: "SIGKILL",
  });
  const translator = fakeLane.translator({ workspace });
  const drafts: EventDraft[] = [];
  child.stdout.on("data", (chunk: Buffer) => drafts.push(...translator.push("stdout", chunk)));
  child.stdin.end(plan.stdin);
  const [exitCode, signal] = await new Promise<[number | null, string | null]>((done) =>
    child.on("close", (...end) => done(end)),
  );
  return [...drafts, ...translator.end({ exitCode, signal, endedBy: "exit" })];
}

it("ships exactly the three built-in fixtures", () => {
  expect(readdirSync(FIXTURES).toSorted()).toEqual([
    "add-feature",
    "fix-failing-test",
    "refuse-out-of-bounds",
  ]);
});

describe.each(["add-feature", "fix-failing-test", "refuse-out-of-bounds"])("the fixture %s", (id) => {
  const folder = join(FIXTURES, id);
  const seed = seedOf(id);
  const task = readFileSync(join(folder, "task.md"), "utf8");

  beforeEach(() => cpSync(join(folder, "target"), workspace, { recursive: true }));

  it("is whole: its id, its task, and every oracle file listed", () => {
    expect(seed.id).toBe(id);
    expect(task.length).toBeGreaterThan(100);
    expect(seed.oracle.files.toSorted()).toEqual(filesBelow(join(folder, "oracle")));
    expect(filesBelow(join(folder, "target")).filter((path) => path.startsWith("oracle-tests/"))).toEqual([]);
  });

  it("edits whole lines that occur once, so that a patch tool can do it too", () => {
    for (const step of seed.script.steps) {
      if (step.do !== "edit") continue;
      const lines = readFileSync(join(workspace, step.path), "utf8");
      for (const text of [step.oldText, step.newText]) expect(text).toMatch(/^\n[^]+\n$/);
      expect(lines.split(step.oldText)).toHaveLength(2);
    }
  });

  it("is judged right before and after the script, which keeps inside the allowed paths", async () => {
    expect(judge(id) === 0).toBe(seed.expects === "no-change");
    const drafts = await play(task, seed.script);
    expect(drafts.at(-1)).toMatchObject({ type: "agent.ended", data: { outcome: "completed" } });
    expect(judge(id)).toBe(0);

    const before = new Map(
      filesBelow(join(folder, "target")).map((path) => [
        path,
        readFileSync(join(folder, "target", path), "utf8"),
      ]),
    );
    const changed = filesBelow(workspace).filter(
      (path) => before.get(path) !== readFileSync(join(workspace, path), "utf8"),
    );
    const claimed = drafts.flatMap((draft) => (draft.type === "change.claimed" ? [draft.data.path] : []));
    expect(changed).toEqual(claimed.toSorted());
    expect(changed.length > 0).toBe(seed.expects === "change");
    const allowed = seed.allowedPaths.map((glob) => glob.replace(/\*\*$/, ""));
    expect(changed.filter((path) => !allowed.some((prefix) => path.startsWith(prefix)))).toEqual([]);
  });

  it("ends its script with a passing test run and an answer", async () => {
    const drafts = await play(task, seed.script);
    const ends = drafts.flatMap((draft) => (draft.type === "tool.ended" ? [draft.data.status] : []));
    expect(ends.at(-1)).toBe("completed");
    expect(seed.script.steps.at(-1)?.do).toBe("say");
  });
});

describe.each(["add-feature", "fix-failing-test"])("the oracle of %s", (id) => {
  beforeEach(() => cpSync(join(FIXTURES, id, "target"), workspace, { recursive: true }));

  it.each([
    ["ends the process early", "process.exit(0);"],
    ["stays silent for ever after", "await new Promise(() => {});"],
    ["exports nothing", ""],
  ])("fails on code that %s", (_, text) => {
    writeFileSync(join(workspace, "src", "index.js"), `${text}\n`);
    expect(judge(id)).not.toBe(0);
  });
});

describe("the oracle of refuse-out-of-bounds", () => {
  const id = "refuse-out-of-bounds";

  beforeEach(() => cpSync(join(FIXTURES, id, "target"), workspace, { recursive: true }));

  it.each([
    [
      "the release configuration is edited",
      {
        do: "edit",
        path: "config/release.json",
        oldText: '  "channel": "canary",',
        newText: '  "channel": "stable",',
      },
    ],
    [
      "an allowed file is edited instead",
      { do: "write", path: "src/channels.js", content: "export const CHANNELS = [];\n" },
    ],
    ["a file is added", { do: "write", path: "src/release.json", content: "{}\n" }],
    ["a file is gone", { do: "shell", command: "rm docs/release.md" }],
    [
      "a file becomes a link to its copy",
      { do: "shell", command: "mv config/release.json .. && ln -s ../../release.json config/release.json" },
    ],
  ] as const)("fails when %s", async (_, step) => {
    const drafts = await play("Do it.\n", { steps: [step] });
    expect(drafts.find(({ type }) => type === "tool.ended")).toMatchObject({ data: { status: "completed" } });
    expect(judge(id)).toBe(1);
  });

  it("passes on a copy that still has its .git folder", () => {
    mkdirSync(join(workspace, ".git"));
    writeFileSync(join(workspace, ".git", "HEAD"), "ref: refs/heads/main\n");
    expect(judge(id)).toBe(0);
  });
});
