import { expect, test } from "vitest";
import { callKeys, itemKeys } from "./call-keys.ts";
import { unreportedCalls } from "./match-calls.ts";
import type { JsonRecord } from "@stage6/lane-contract";
import type { SessionCall } from "./session-call.ts";
import { shellQuote } from "./shell-quote.ts";

const call = (callId: string, tool: string, args: JsonRecord, input = ""): SessionCall => ({
  callId,
  tool,
  input,
  keys: callKeys(tool, input, args),
  raw: { stream: "session", offset: 0, length: 0 },
  end: null,
});
const exec = (callId: string, cmd: string) => call(callId, "exec_command", { cmd });
const command = (cmd: string) =>
  itemKeys({ type: "command_execution", command: `/bin/bash -lc ${shellQuote(cmd)}` });
const change = (...paths: readonly string[]) =>
  itemKeys({ type: "file_change", changes: paths.map((path) => ({ path, kind: "update" })) });
const left = (calls: readonly SessionCall[], ...shown: readonly (readonly string[])[]) =>
  unreportedCalls(calls, shown).map((one) => one.callId);

test("identical commands are matched in order, so that the last ones stay unreported", () => {
  const calls = [exec("1", "make"), exec("2", "make"), exec("3", "make")];
  expect(left(calls, command("make"), command("make"))).toEqual(["3"]);
});

test("parallel calls may be printed in another order", () => {
  expect(
    left(
      [exec("1", "sleep 1"), exec("2", "echo two"), exec("3", "lost")],
      command("echo two"),
      command("sleep 1"),
    ),
  ).toEqual(["3"]);
});

test("a command is not matched by one that only looks like it", () => {
  expect(left([exec("1", "echo a")], command("echo a; echo b"), command("echo"))).toEqual(["1"]);
});

test("a patch inside a shell call is shown as a file change, or as a command", () => {
  const patch =
    "cd src && apply_patch <<'P'\n*** Begin Patch\n*** Update File: a.txt\n*** Add File: b/c.txt\n*** End Patch\nP";
  expect(left([exec("1", patch)], change("/ws/src/a.txt", "/ws/src/b/c.txt"))).toEqual([]);
  expect(left([exec("1", patch)], command(patch))).toEqual([]);
  expect(left([exec("1", patch)], change("/ws/src/a.txt"))).toEqual(["1"]);
});

test("a patch as a custom tool is shown as a file change", () => {
  expect(
    left(
      [call("1", "apply_patch", {}, "*** Begin Patch\n*** Delete File: a\n*** End Patch")],
      change("/ws/a"),
    ),
  ).toEqual([]);
});

test("a shell call with words is matched by its words", () => {
  const words = call("1", "shell", { command: ["bash", "-lc", "echo 'hi'"] });
  expect(left([words], itemKeys({ type: "command_execution", command: `bash -lc "echo 'hi'"` }))).toEqual([]);
});

test("MCP calls are matched by tool and arguments", () => {
  const calls = [call("1", "mcp__s__t", { a: 1 }), call("2", "mcp__s__t", { a: 2 })];
  expect(
    left(calls, itemKeys({ type: "mcp_tool_call", server: "s", tool: "t", arguments: { a: 2 } })),
  ).toEqual(["1"]);
});

test("tools that the stream never shows stay unreported", () => {
  expect(
    left(
      [call("1", "write_stdin", { session_id: 1 }), call("2", "update_plan", {})],
      itemKeys({ type: "todo_list" }),
    ),
  ).toEqual(["1"]);
});

test("thousands of unmatched calls take no quadratic time", () => {
  const calls = Array.from({ length: 20_000 }, (_, index) => exec(String(index), `echo ${index}`));
  const shown = Array.from({ length: 20_000 }, (_, index) => command(`printf ${index}`));
  expect(unreportedCalls(calls, shown)).toHaveLength(20_000);
});
