import type { EventDraft } from "@stage6/lane-contract";
import { expect, test } from "vitest";
import { translator } from "./translate.ts";

const encoder = new TextEncoder();
const END = { exitCode: 0, signal: null, endedBy: "exit" } as const;
const HEADER = { type: "session", version: 3, id: "s", timestamp: "2026-01-01T00:00:00.000Z", cwd: "/ws" };
const READY = { type: "guard_ready", workspace: "/ws" };

type Line = object | string;
type Drafts = readonly Pick<EventDraft, "type" | "data">[];

const text = (lines: readonly Line[]) =>
  encoder.encode(lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""));

/** Drafts of these stdout lines beside these records of the guard, without their places. */
function translate(stdout: readonly Line[], guard: readonly Line[] = [READY]): Drafts {
  const reader = translator({ workspace: "/ws" });
  const drafts = [
    ...reader.push("stdout", text(stdout)),
    ...reader.push("session", text(guard)),
    ...reader.end(END),
  ];
  // These lines are no whole run; what stands out of its place is tested apart.
  return drafts
    .filter((draft) => draft.type !== "drift.detected" || !draft.data.reason.startsWith("out of order"))
    .map(({ type, data }) => ({ type, data }));
}

const usage = (input = 0, output = 0, cacheRead = 0, cacheWrite = 0) => ({
  input,
  output,
  cacheRead,
  cacheWrite,
});
const assistant = (stopReason: string, fields: object = {}) => [
  { type: "message_start", message: { role: "assistant" } },
  {
    type: "message_end",
    message: { role: "assistant", content: [], stopReason, usage: usage(), ...fields },
  },
];
const turn = (...inner: readonly Line[]): Line[] => [
  { type: "turn_start" },
  ...inner,
  { type: "turn_end", message: { role: "assistant" }, toolResults: [] },
];
const agent = (...inner: readonly Line[]): Line[] => [
  { type: "agent_start" },
  ...inner,
  { type: "agent_end", messages: [] },
];
const started = (toolName: string, args: object, toolCallId = "t1") => ({
  type: "tool_execution_start",
  toolCallId,
  toolName,
  args,
});
const ended = (toolName: string, words: string, isError: boolean, toolCallId = "t1", more: object = {}) => ({
  type: "tool_execution_end",
  toolCallId,
  toolName,
  result: { content: [{ type: "text", text: words }], ...more },
  isError,
});
const run = (...inner: readonly Line[]): Drafts => translate([HEADER, ...agent(...turn(...inner))]);
const end = (drafts: Drafts) => drafts.at(-1)?.data;
const of = (drafts: Drafts, type: EventDraft["type"]) =>
  drafts.filter((draft) => draft.type === type).map(({ data }) => data);

test("nothing printed: the end is unknown, and no guard was needed", () => {
  expect(translate([], [])).toEqual([{ type: "agent.ended", data: { outcome: "unknown", message: null } }]);
});

test.each([
  ["stop", "completed", null],
  ["length", "failed", "length"],
  ["error", "failed", "terminated"],
  ["aborted", "aborted", "aborted"],
])("the stop reason %s says %s", (stopReason, outcome, message) => {
  const fields = stopReason === "error" ? { errorMessage: "terminated" } : {};
  expect(end(run(...assistant(stopReason, fields)))).toEqual({ outcome, message });
});

test.each(["toolUse", "pending", "new-reason", "constructor"])(
  "the stop reason %s is no word on the end",
  (reason) => {
    expect(end(run(...assistant(reason)))).toEqual({ outcome: "unknown", message: null });
  },
);

const whole = [HEADER, ...agent(...turn(...assistant("stop")))];
test.each([
  ["the session header", "session"],
  ["the end of a message", "message_end"],
  ["the end of a turn", "turn_end"],
  ["the end of the agent", "agent_end"],
])("without %s the end is unknown", (_name, type) => {
  const kept = whole.filter((line) => typeof line === "string" || !("type" in line) || line.type !== type);
  expect(kept).toHaveLength(whole.length - 1);
  expect(end(translate(kept))).toMatchObject({ outcome: "unknown" });
  expect(end(translate(whole))).toMatchObject({ outcome: "completed" });
});

test("a line that cannot be read makes the end unknown, wherever it stood", () => {
  const drafts = translate([...whole, "{"]);
  expect(of(drafts, "line.unread")).toHaveLength(1);
  expect(end(drafts)).toMatchObject({ outcome: "unknown" });
});

const retry = { type: "auto_retry_start", attempt: 1, maxAttempts: 2, delayMs: 1, errorMessage: "500" };
test("a retry takes the end back until the agent ends again", () => {
  const failed = agent(...turn(...assistant("error", { errorMessage: "500" })));
  const again = agent(...turn(...assistant("stop")));
  expect(end(translate([HEADER, ...failed, retry]))).toMatchObject({ outcome: "unknown" });
  expect(end(translate([HEADER, ...failed, retry, ...again]))).toMatchObject({ outcome: "completed" });
  const settled = { type: "auto_retry_end", success: false, attempt: 1, finalError: "500" };
  expect(end(translate([HEADER, ...failed, retry, ...failed, settled]))).toEqual({
    outcome: "failed",
    message: "500",
  });
});

test("an end that announces a retry is no end", () => {
  const announced = whole.map((line) =>
    typeof line !== "string" && "messages" in line ? { ...line, willRetry: true } : line,
  );
  expect(end(translate(announced))).toMatchObject({ outcome: "unknown" });
});

test("text, thinking and error of a message are told apart, and usage is a running total", () => {
  const content = [
    { type: "thinking", thinking: "hm" },
    { type: "text", text: "a" },
    { type: "toolCall", id: "t", name: "bash", arguments: {} },
    { type: "text", text: "b" },
  ];
  const drafts = run(
    ...assistant("toolUse", { content, usage: usage(10, 2, 5, 1) }),
    ...assistant("error", { errorMessage: "cut", usage: usage(1, 1, 0, 0) }),
  );
  expect(of(drafts, "agent.messaged")).toEqual([
    { kind: "reasoning", text: "hm", truncated: false },
    { kind: "answer", text: "a\nb", truncated: false },
    { kind: "warning", text: "cut", truncated: false },
  ]);
  expect(of(drafts, "usage.claimed")).toEqual([
    { usage: { inputTokens: 16, cachedInputTokens: 5, outputTokens: 2 } },
    { usage: { inputTokens: 17, cachedInputTokens: 5, outputTokens: 3 } },
  ]);
});

test("partial messages and results leave no event, even of another shape", () => {
  expect(run({ type: "message_update" }, { type: "tool_execution_update", args: 1 }).length).toBe(
    run().length,
  );
});

test("a write and an edit that worked claim a change, failed ones do not", () => {
  const drafts = run(
    started("write", { path: "/ws/a", content: "" }),
    ended("write", "Successfully wrote", false),
    started("edit", { path: "b", edits: [] }, "t2"),
    ended("edit", "Could not find", true, "t2"),
    started("edit", { path: "c", edits: [] }, "t3"),
    ended("edit", "Successfully replaced", false, "t3"),
  );
  expect(of(drafts, "tool.started")).toEqual([
    { callId: "t1", tool: "write", input: "a" },
    { callId: "t2", tool: "edit", input: "b" },
    { callId: "t3", tool: "edit", input: "c" },
  ]);
  expect(of(drafts, "change.claimed")).toEqual([
    { path: "a", kind: "unknown" },
    { path: "c", kind: "modified" },
  ]);
});

test.each([
  ["its last line, up to 0.87", "out\n\n\nCommand exited with code 3", true, {}, "failed", 3],
  ["a field, in 1.x", "out", true, { structuredContent: { exit_code: 137 } }, "failed", 137],
  ["nothing, when it worked", "Command exited with code 3", false, {}, "completed", null],
  ["nothing, when the words are the command's", "Command exited with code 3\nmore", true, {}, "failed", null],
])("the exit code of a command is read from %s", (_name, words, isError, more, status, exitCode) => {
  const drafts = run(started("bash", { command: "x" }), ended("bash", words, isError, "t1", more));
  expect(of(drafts, "tool.ended")).toEqual([{ callId: "t1", status, exitCode, reported: true }]);
});

test("parallel calls may end in another order than they began", () => {
  const drafts = run(
    started("bash", { command: "x" }),
    started("bash", { command: "y" }, "t2"),
    ended("bash", "", false, "t2"),
    ended("bash", "", false),
  );
  expect(of(drafts, "tool.ended").map((data) => "callId" in data && data.callId)).toEqual(["t2", "t1"]);
});

test("a call that never ended is unclosed, and so is one that began again", () => {
  const drafts = run(started("bash", { command: "x" }), started("bash", { command: "x" }));
  expect(of(drafts, "tool.ended")).toEqual([
    { callId: "t1", status: "unclosed", exitCode: null, reported: true },
    { callId: "t1~2", status: "unclosed", exitCode: null, reported: true },
  ]);
  expect(end(drafts)).toMatchObject({ outcome: "unknown" });
});

test("an agent that worked without its guard is drift; a guard of another folder too", () => {
  expect(of(translate(whole, []), "drift.detected")).toEqual([
    { kind: "guard_ready", reason: "the agent worked without a guard" },
  ]);
  const elsewhere = translate(whole, [{ type: "guard_ready", workspace: "/other" }]);
  expect(of(elsewhere, "drift.detected")).toHaveLength(1);
  expect(of(translate(whole), "drift.detected")).toEqual([]);
  expect(of(translate([HEADER], []), "drift.detected")).toEqual([]);
});

test("what the guard refused is told from its own record", () => {
  const blocked = { type: "tool_blocked", toolCallId: "t1", toolName: "write", reason: "stage6-guard: no" };
  const drafts = translate(
    [HEADER, ...agent(started("write", { path: "../a" }), ended("write", "stage6-guard: no", true))],
    [READY, blocked, "garbage", { type: "other" }, { type: "tool_blocked" }],
  );
  expect(of(drafts, "tool.ended")).toMatchObject([{ status: "refused" }]);
  expect(of(drafts, "action.refused")).toEqual([{ tool: "write", message: "stage6-guard: no" }]);
  expect(drafts.map(({ type }) => type)).toEqual(
    expect.arrayContaining(["line.unread", "record.unrecognized", "drift.detected"]),
  );
});

test("a guard that recorded other refusals than stdout shows is drift, beside a run that went well", () => {
  const blocked = (toolCallId: string) => ({
    type: "tool_blocked",
    toolCallId,
    toolName: "write",
    reason: "stage6-guard: no",
  });
  const refused = (id: string): Line[] => [
    started("write", { path: "../a" }, id),
    ended("write", "stage6-guard: no", true, id),
  ];
  const of2 = (...guard: readonly Line[]) =>
    of(
      translate([HEADER, ...agent(...turn(...refused("t1"), ...refused("t2"), ...assistant("stop")))], guard),
      "drift.detected",
    );
  const other = [{ kind: "tool_blocked", reason: "stdout shows other refusals than the guard recorded" }];
  expect(of2(READY, blocked("t1"), blocked("t2"))).toEqual([]);
  expect(of2(READY, blocked("t2"), blocked("t1"))).toEqual(other);
  expect(of2(READY, blocked("t1"))).toEqual(other);
  expect(of2(READY, blocked("t1"), blocked("t2"), blocked("t2"))).toEqual(other);
});

test.each<[string, Line]>([
  ["a session of another format", { ...HEADER, version: 4 }],
  ["a session without a folder", { ...HEADER, cwd: undefined }],
  ["a message without a role", { type: "message_end", message: {} }],
  ["an answer without a stop reason", assistant("stop", { stopReason: undefined })[1] ?? ""],
  ["an answer without usage", assistant("stop", { usage: null })[1] ?? ""],
  ["a call without an id", { ...started("bash", {}), toolCallId: undefined }],
  ["a result that does not say whether it failed", { ...ended("bash", "", false), isError: 0 }],
  ["a record without a type", {}],
])("%s is drift", (_name, line) => {
  expect(of(translate([line]), "drift.detected")).toHaveLength(1);
});

test.each([{ type: "response" }, { type: "extension_error" }, { type: "toString" }])(
  "the unknown record %s is kept as one",
  (line) => {
    expect(of(translate([line]), "record.unrecognized")).toHaveLength(1);
  },
);

test("a line ends at a newline only: U+2028 stays inside its record", () => {
  const content = [{ type: "text", text: "a\u2028b" }];
  expect(of(run(...assistant("stop", { content })), "agent.messaged")).toMatchObject([{ text: "a\u2028b" }]);
});
