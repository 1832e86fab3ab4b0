import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GUARD_PREFIX, guardSource } from "./guard-source.ts";

type Handler = (event: object) => unknown;
interface Tool {
  readonly name: string;
  readonly parameters: object;
  readonly execute: (id: string, params: object, ...rest: readonly unknown[]) => Promise<unknown>;
}

const parent = realpathSync(mkdtempSync(join(tmpdir(), "stage6 guard ")));
const workspace = join(parent, 'ws "quoted"');
const log = join(parent, "guard.jsonl");
const handlers = new Map<string, Handler>();
const tools: Tool[] = [];
const node = process.execPath;
const COMMANDS = [
  { name: "where", argv: [node, "-p", "process.cwd()"] },
  { name: "fails", argv: [node, "-e", "console.log('told'); console.error('why'); process.exit(3)"] },
  { name: "silent", argv: [node, "-e", ""] },
  { name: "loud", argv: [node, "-e", "console.log('x'.repeat(200000) + 'end')"] },
  { name: "waits", argv: [node, "-e", "setInterval(() => {}, 1000)"] },
  { name: "missing", argv: ["/no/such/program"] },
];
afterAll(() => rmSync(parent, { recursive: true, force: true }));

beforeAll(async () => {
  mkdirSync(join(workspace, "src"), { recursive: true });
  mkdirSync(join(workspace, ".git", "hooks"), { recursive: true });
  mkdirSync(join(parent, "outside"));
  symlinkSync("../../outside", join(workspace, "src", "link"));
  symlinkSync("../../outside/new.txt", join(workspace, "src", "dangling"));
  symlinkSync("../.git", join(workspace, "src", "git"));
  symlinkSync("loop", join(workspace, "src", "loop"));
  const file = join(parent, "guard.mjs");
  writeFileSync(file, guardSource({ workspace, log, commands: COMMANDS }));
  const loaded: { default: (pi: object) => void } = await import(/* @vite-ignore */ pathToFileURL(file).href);
  loaded.default({
    on: (name: string, handler: Handler) => void handlers.set(name, handler),
    registerTool: (tool: Tool) => void tools.push(tool),
  });
});

const call = (toolName: string, input: object): unknown =>
  handlers.get("tool_call")?.({ type: "tool_call", toolCallId: "c1", toolName, input });
const blocked = (reason: string) => ({ block: true, reason: expect.stringContaining(GUARD_PREFIX + reason) });

test("says that it is there when the session begins", () => {
  handlers.get("session_start")?.({ type: "session_start", reason: "startup" });
  expect(JSON.parse(readFileSync(log, "utf8").split("\n")[0] ?? "")).toEqual({
    type: "guard_ready",
    workspace,
  });
});

test.each(["src/a.txt", "docs/b/c.txt", "./new.txt", "src/../d.txt", ".gitignore", "@src/a.txt", "a..b"])(
  "lets a write to %s pass, allowed by the fixture or not",
  (path) => {
    expect(call("write", { path, content: "" })).toBeUndefined();
    expect(call("edit", { path, edits: [] })).toBeUndefined();
  },
);

test.each([
  "../a.txt",
  "..",
  ".",
  "/etc/a",
  "@/etc/a",
  "~",
  "~/a",
  "@~/a",
  "src/link/a.txt",
  "src/dangling",
  "src/../../a",
  "file:///etc/a",
  "..\u00a0/../../x",
])("refuses a write to %s, which lands outside", (path) => {
  expect(call("write", { path, content: "" })).toEqual(blocked("outside the workspace"));
  expect(call("edit", { file_path: path })).toEqual(blocked("outside the workspace"));
});

test.each([".git/hooks/post-commit", ".GIT/config", "src/git/config", "sub/.git/config"])(
  "refuses a write to %s, a git folder",
  (path) => {
    expect(call("write", { path, content: "" })).toEqual(blocked("inside a git folder"));
  },
);

test("throws where it cannot tell, which Pi takes as a refusal", () => {
  expect(() => call("write", { path: "src/loop/a", content: "" })).toThrow("ELOOP");
});

test.each([
  "git push",
  "git -C . push origin HEAD",
  "gh pr create --fill",
  "npm publish",
  "ls && git push -f",
])("refuses the command %s", (command) => {
  expect(call("bash", { command })).toEqual(blocked("acts on the outside"));
});

test.each(["git status", "node --test", "git log | grep push", "npm test", "ls ..", "echo pushed"])(
  "lets the command %s pass",
  (command) => {
    expect(call("bash", { command })).toBeUndefined();
  },
);

test("lets any file be read, and refuses a tool that was not offered", () => {
  expect(call("read", { path: "/etc/hosts" })).toBeUndefined();
  expect(call("web_fetch", {})).toEqual(blocked("not a tool of this trial"));
});

test("records each refusal", () => {
  call("bash", { command: "git push" });
  const last = readFileSync(log, "utf8").trimEnd().split("\n").at(-1) ?? "";
  expect(JSON.parse(last)).toEqual({
    type: "tool_blocked",
    toolCallId: "c1",
    toolName: "bash",
    reason: `${GUARD_PREFIX}acts on the outside: git push`,
  });
});

const run = (name: string, ...rest: readonly unknown[]) => tools[0]?.execute("c1", { name }, ...rest);

test("offers one tool, which takes the name of a command and nothing else", () => {
  expect(tools.map(({ name, parameters }) => ({ name, parameters }))).toEqual([
    {
      name: "run_command",
      parameters: {
        type: "object",
        properties: {
          name: { type: "string", enum: COMMANDS.map(({ name }) => name), description: "Which command." },
        },
        required: ["name"],
        additionalProperties: false,
      },
    },
  ]);
});

test("runs a command by its name, in the workspace", async () => {
  expect(await run("where")).toEqual({
    content: [{ type: "text", text: `${workspace}\n` }],
    details: { exitCode: 0 },
  });
  expect(await run("silent")).toMatchObject({ content: [{ text: "(no output)" }] });
});

test("a command that fails throws what it printed and its exit code, so that Pi calls it an error", async () => {
  await expect(run("fails")).rejects.toThrow(/^told\nwhy\n\n\nCommand exited with code 3$/);
  await expect(run("missing")).rejects.toThrow(/ENOENT[^]*Command exited with code 127$/);
});

test("keeps the last part of what a command printed", async () => {
  const { content } = (await run("loud")) as { content: { text: string }[] };
  expect(content[0]?.text).toHaveLength(50_000);
  expect(content[0]?.text.endsWith("end\n")).toBe(true);
});

test("ends a command when Pi ends the call, wherever a version hands the signal over", async () => {
  const ending = new AbortController();
  const running = run("waits", undefined, {}, ending.signal);
  ending.abort();
  await expect(running).rejects.toThrow("Command exited with code 137");
});

test.each(["toString", "where; ls", ""])("refuses the name %j, at the call and in the tool", async (name) => {
  expect(call("run_command", { name })).toEqual(blocked("not a command of this trial"));
  await expect(run(name)).rejects.toThrow("not a command of this trial");
});

test("lets a known name pass", () => expect(call("run_command", { name: "where" })).toBeUndefined());
