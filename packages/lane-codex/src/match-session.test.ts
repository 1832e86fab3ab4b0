import { expect, test } from "vitest";
import { callKeys, itemKeys } from "./call-keys.ts";
import { matchSession, type ShownItem } from "./match-session.ts";
import { type JsonRecord, shellQuote } from "@stage6/lane-contract";
import { isCall, type SessionCall, type SessionEntry } from "./session-call.ts";

const NOWHERE = { stream: "stdout", offset: 0, length: 0 };
const call = (callId: string, tool: string, args: JsonRecord, input = ""): SessionCall => ({
  callId,
  tool,
  input,
  keys: callKeys(tool, input, args),
  raw: NOWHERE,
  completedAt: null,
  end: null,
  at: 0,
  round: 0,
});
const exec = (callId: string, cmd: string) => call(callId, "exec_command", { cmd });
const command = (cmd: string) =>
  itemKeys({ type: "command_execution", command: `/bin/bash -lc ${shellQuote(cmd)}` });
const change = (...paths: readonly string[]) =>
  itemKeys({ type: "file_change", changes: paths.map((path) => ({ path, kind: "update" })) });
const items = (...shown: readonly (readonly string[])[]): ShownItem[] =>
  shown.map((keys, at) => ({ keys, raw: NOWHERE, isCommand: true, opened: 2 * at, closed: 2 * at + 1 }));
const left = (calls: readonly SessionCall[], ...shown: readonly (readonly string[])[]) =>
  [...matchSession(calls, items(...shown)).unshown].map((entry) => (isCall(entry) ? entry.callId : ""));

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
  const shown = items(...Array.from({ length: 20_000 }, (_, index) => command(`printf ${index}`)));
  expect(matchSession(calls, shown).unshown.size).toBe(20_000);
});

const ran = (cmd: string, round: number): SessionCall => ({ ...exec(cmd, cmd), round });
const said = (text: string, round: number): SessionEntry => ({ keys: [`said ${text}`], at: 0, round });
const OVER = "over ";
/** A session of these entries; `over a` is the record that the command a was completed. */
function session(...records: readonly (SessionEntry | string)[]): readonly SessionEntry[] {
  return records.flatMap((record, at) => {
    if (typeof record === "string") return [];
    if (!isCall(record)) return [{ ...record, at }];
    const completedAt = records.indexOf(`${OVER}${record.callId}`);
    return [{ ...record, at, completedAt: completedAt < 0 ? null : completedAt }];
  });
}
/** Whether the stream, told as `begin x`, `end x` and texts, stands where the session can have it. */
function fits(entries: readonly SessionEntry[], told: readonly string[], isCommand = true): boolean {
  const shown = told.flatMap((step, opened): ShownItem[] => {
    const cmd = /^begin (.*)$/.exec(step)?.[1];
    if (cmd === undefined)
      return step.startsWith("end ")
        ? []
        : [{ keys: [`said ${step}`], raw: NOWHERE, isCommand: false, opened, closed: opened }];
    const closed = told.indexOf(`end ${cmd}`);
    return [{ keys: command(cmd), raw: NOWHERE, isCommand, opened, closed: closed < 0 ? null : closed }];
  });
  return matchSession(entries, shown).misplaced === null;
}
const steps = (text: string): string[] => text.split(", ");

test("calls of one answer may begin and end in any order", () => {
  const entries = session(ran("a", 0), ran("b", 0), "over a", "over b", said("done", 1));
  expect(fits(entries, steps("begin a, end a, begin b, end b, done"))).toBe(true);
  expect(fits(entries, steps("begin b, begin a, end a, end b, done"))).toBe(true);
  expect(fits(entries, steps("begin b, begin a, end b, end a, done"))).toBe(true);
});

test("calls of two answers may not change places, overlap or end after the next answer", () => {
  const entries = session(ran("a", 0), "over a", ran("b", 1), "over b", said("done", 2));
  expect(fits(entries, steps("begin a, end a, begin b, end b, done"))).toBe(true);
  expect(fits(entries, steps("begin b, end b, begin a, end a, done"))).toBe(false);
  expect(fits(entries, steps("begin a, begin b, end a, end b, done"))).toBe(false);
  expect(fits(entries, steps("begin a, end a, begin b, done, end b"))).toBe(false);
});

test("the end of a command stands where the session has it, and where it has none it may be told late", () => {
  const late = session(ran("a", 0), said("done", 1), "over a");
  expect(fits(late, steps("begin a, done, end a"))).toBe(true);
  expect(fits(late, steps("begin a, end a, done"))).toBe(false);
  const unknown = session(ran("a", 0), said("done", 1));
  expect(fits(unknown, steps("begin a, done, end a"))).toBe(true);
  expect(fits(unknown, steps("begin a, end a, done"))).toBe(true);
  expect(fits(unknown, steps("done, begin a, end a"))).toBe(false);
});

test("what is no command is over before the next answer", () => {
  const entries = session(ran("a", 0), said("done", 1));
  expect(fits(entries, steps("begin a, end a, done"), false)).toBe(true);
  expect(fits(entries, steps("begin a, done, end a"), false)).toBe(false);
});

test("a message stands before the calls that its answer made after it", () => {
  const entries = session(said("first", 0), ran("a", 0), said("between", 0));
  expect(fits(entries, steps("first, begin a, end a, between"))).toBe(true);
  expect(fits(entries, steps("first, between, begin a, end a"))).toBe(true);
  expect(fits(entries, steps("begin a, first, end a, between"))).toBe(false);
  expect(fits(entries, steps("between, first, begin a, end a"))).toBe(false);
});

test("a call that was never shown does not make the same call later look misplaced", () => {
  const entries = session(ran("a", 0), said("again", 1), ran("a", 1), said("done", 2));
  expect(fits(entries, steps("again, begin a, end a, done"))).toBe(true);
});

test("what the session does not hold is not ordered by it", () => {
  expect(fits(session(said("one", 0), said("two", 1)), steps("warning, one, warning, two"))).toBe(true);
});
