import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Sandbox } from "./testing/run-stage6.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.make();
});
afterAll(async () => sandbox.remove());

test.each([
  [["prob"], "unknown command 'prob' (Did you mean probe?)"],
  [["probe", "--jsn"], "unknown option '--jsn' (Did you mean --json?)"],
  [["probe", "--lanes", "codx"], "The lanes are case, codex, fake, pi."],
  [["plan", "--trials", "0"], "A whole number from 1 to 999 is expected."],
  [["probe", "--now", "tomorrow"], "A time like 2026-01-31T12:00:00Z is expected."],
  [["fixtures", "lst"], "unknown command 'lst' (Did you mean list?)"],
  [["fixtures", "add"], "required option '--from <repository>' not specified"],
  [["compare", "--explain", "fake/add-feature/speed"], "A cell is baseline/fixture/dimension"],
  [["backends", "install", "codx"], "there is no pinned backend codx"],
  [[], "Usage: stage6"],
])("%j is a usage error that says what was expected, and writes nothing", async (words, expected) => {
  const ran = await sandbox.call(words);
  expect(ran).toMatchObject({ code: 2, out: "" });
  expect(ran.err).toContain(expected);
  expect(await sandbox.hashes(".")).toEqual(new Map());
});

test.each([
  [["prob", "--json"]],
  [["--json"]],
  [["run", "--json"]],
  [["plan", "--json", "--harness-root", "nowhere"]],
  [["--help", "--json"]],
])("%j prints exactly one JSON document on stdout", async (words) => {
  const { code, out } = await sandbox.call(words);
  expect(out.endsWith("\n")).toBe(true);
  expect(JSON.parse(out)).toMatchObject({ schemaVersion: "1.0", exitCode: code, activation: "none" });
});

test("help lists the verbs that exist", async () => {
  const { code, out } = await sandbox.call(["--help"]);
  expect(code).toBe(0);
  const verbs = [...out.matchAll(/^ {2}([a-z][a-z0-9-]+) .*(?= {2})/gm)].map(([, verb]) => verb);
  expect(verbs).toEqual([
    "init",
    "probe",
    "backends",
    "fixtures",
    "lanes",
    "plan",
    "not-applicable",
    "run",
    "compare",
    "matrix",
    "replay",
    "validate",
    "status",
    "operator",
    "sign-policy",
    "stage5",
    "admit-source",
    "accept",
    "record",
    "revoke",
    "report",
    "health",
    "validate-planning",
    "rehearse",
  ]);
});

test("a probe answers with exit code 0 whatever is available, and names all four lanes", async () => {
  const { code, out } = await sandbox.run(["probe", "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    lanes: [
      { lane: "case", state: "blocked", code: "SOURCE_MISSING" },
      { lane: "codex", state: "blocked", code: "BACKEND_MISSING", remedy: "stage6 backends install codex" },
      { lane: "fake", state: "available" },
      { lane: "pi", state: "blocked", code: "BACKEND_MISSING", remedy: "stage6 backends install pi" },
    ],
  });
});

test("a reader that goes away crashes nothing", async () => {
  const child = sandbox.start(["--help"]);
  child.stdout?.destroy();
  let err = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect({ code, err }).toEqual({ code: 141, err: "" });
});

test("the real process ends with the same words and codes", async () => {
  expect(await sandbox.run(["probe", "--jsn"])).toEqual({
    code: 2,
    out: "",
    err: "stage6: unknown option '--jsn' (Did you mean --json?)\nNext: stage6 probe --help\n",
  });
  const { code, out } = await sandbox.run(["run", "--json"]);
  expect(code).toBe(3);
  expect(JSON.parse(out)).toMatchObject({
    command: "run",
    verdict: "invalid",
    error: { code: "ROOT_MISSING" },
  });
});

test("importing the package runs nothing", async () => {
  const entry = new URL("index.ts", import.meta.url).href;
  const words = [
    `--import=${import.meta.resolve("tsx")}`,
    "--conditions=@stage6/source",
    "--eval",
    `import(${JSON.stringify(entry)})`,
  ];
  expect(execFileSync(process.execPath, words, { env: sandbox.env, timeout: 60_000, encoding: "utf8" })).toBe(
    "",
  );
});
