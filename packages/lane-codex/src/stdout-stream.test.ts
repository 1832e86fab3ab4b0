import type { EventDraft } from "@stage6/lane-contract";
import { expect, test } from "vitest";
import { translator } from "./translate.ts";

const encoder = new TextEncoder();
const END = { exitCode: 0, signal: null, endedBy: "exit" } as const;

/** Drafts of these stdout lines, without their places. */
function read(...lines: readonly (object | string)[]): readonly Pick<EventDraft, "type" | "data">[] {
  const reader = translator({ workspace: "/ws" });
  const text = lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join("");
  const drafts = [...reader.push("stdout", encoder.encode(text)), ...reader.end(END)];
  // These lines are no whole run; what stands out of its place, and the missing session, are tested apart.
  return drafts
    .filter((draft) => draft.type !== "drift.detected" || !draft.data.reason.startsWith("out of order"))
    .filter(({ raw }) => raw.stream === "stdout")
    .map(({ type, data }) => ({ type, data }));
}
const item = (type: string, fields: object, phase = "item.completed") => ({
  type: phase,
  item: { id: "item_0", type, ...fields },
});
const command = (status: string, exitCode: number | null | undefined = null) => ({
  command: "ls",
  aggregated_output: "",
  exit_code: exitCode,
  status,
});
const types = (drafts: readonly Pick<EventDraft, "type">[]) => drafts.map((draft) => draft.type);

test("nothing printed: the end is unknown", () => {
  expect(read()).toEqual([{ type: "agent.ended", data: { outcome: "unknown", message: null } }]);
});

test("an error event is a warning, not an end: the turn may recover", () => {
  const usage = { input_tokens: 1, cached_input_tokens: 0, output_tokens: 2 };
  const drafts = read({ type: "error", message: "Reconnecting... 1/3" }, { type: "turn.completed", usage });
  expect(types(drafts)).toEqual(["agent.messaged", "usage.claimed", "agent.ended"]);
  expect(drafts.at(-1)?.data).toEqual({ outcome: "completed", message: null });
});

test("a failed turn ends with its message", () => {
  expect(read({ type: "turn.failed", error: { message: "no" } })).toEqual([
    { type: "agent.ended", data: { outcome: "failed", message: "no" } },
  ]);
});

test("a new turn takes back the last word", () => {
  const failed = { type: "turn.failed", error: { message: "no" } };
  expect(read(failed, { type: "turn.started" }).at(-1)?.data).toMatchObject({ outcome: "unknown" });
});

test("an item completed without a start gives both, as 0.104 prints file changes", () => {
  const change = {
    changes: [
      { path: "/ws/src/a", kind: "add" },
      { path: "/else/b", kind: "delete" },
      { path: "/ws/../c", kind: "update" },
    ],
    status: "completed",
  };
  expect(read(item("file_change", change)).slice(0, -1)).toEqual([
    {
      type: "tool.started",
      data: { callId: "item_0", tool: "file_change", input: "add src/a\ndelete /else/b\nupdate /ws/../c" },
    },
    { type: "tool.ended", data: { callId: "item_0", status: "completed", exitCode: null, reported: true } },
    { type: "change.claimed", data: { path: "src/a", kind: "added" } },
    { type: "change.claimed", data: { path: "/else/b", kind: "deleted" } },
    { type: "change.claimed", data: { path: "/ws/../c", kind: "modified" } },
  ]);
});

test("a failed file change claims no change", () => {
  const drafts = read(item("file_change", { changes: [{ path: "/ws/a", kind: "add" }], status: "failed" }));
  expect(types(drafts)).not.toContain("change.claimed");
});

test("a tool call that was never closed is ended as unclosed", () => {
  expect(read(item("command_execution", command("in_progress"), "item.started")).slice(1)).toEqual([
    { type: "tool.ended", data: { callId: "item_0", status: "unclosed", exitCode: null, reported: true } },
    { type: "agent.ended", data: { outcome: "unknown", message: null } },
  ]);
});

test.each([
  ["completed", 0, "completed", 0],
  ["failed", 3, "failed", 3],
  ["failed", -1, "failed", null],
  ["declined", null, "refused", null],
  // What still ran when the turn ended, as 0.104 prints it.
  ["completed", null, "unclosed", null],
  ["completed", undefined, "unclosed", null],
] as const)("a command that %s with %s ends as %s", (stated, code, status, exitCode) => {
  expect(read(item("command_execution", command(stated, code))).at(1)?.data).toMatchObject({
    status,
    exitCode,
  });
});

test("an MCP call is named by server and tool", () => {
  const drafts = read(
    item("mcp_tool_call", {
      server: "s",
      tool: "t",
      arguments: { a: 1 },
      result: null,
      error: null,
      status: "failed",
    }),
  );
  expect(drafts[0]?.data).toMatchObject({ tool: "mcp__s__t", input: '{"a":1}' });
  expect(drafts[1]?.data).toMatchObject({ status: "failed" });
});

test("the doubled id of a web search does not break it", () => {
  const line =
    '{"type":"item.completed","item":{"id":"item_0","type":"web_search","id":"ws_1","query":"q","action":{"type":"search"}}}';
  expect(read(line)[0]?.data).toMatchObject({ callId: "ws_1", tool: "web_search", input: "q" });
});

test("the four kinds of message", () => {
  const drafts = read(
    item("agent_message", { text: "a" }),
    item("reasoning", { text: "r" }),
    item("error", { message: "e" }),
    item("todo_list", {
      items: [
        { text: "x", completed: true },
        { text: "y", completed: false },
      ],
    }),
  );
  expect(drafts.slice(0, -1).map((draft) => draft.data)).toEqual([
    { kind: "answer", text: "a", truncated: false },
    { kind: "reasoning", text: "r", truncated: false },
    { kind: "warning", text: "e", truncated: false },
    { kind: "plan", text: "[x] x\n[ ] y", truncated: false },
  ]);
});

test.each([
  [{ type: "turn.paused" }, "turn.paused"],
  [{ type: "constructor" }, "constructor"],
  [item("collab_tool_call", {}), "item.completed collab_tool_call"],
])("an unknown type is kept as data, not drift: %j", (line, kind) => {
  expect(read(line)[0]).toEqual({ type: "record.unrecognized", data: { kind } });
});

test.each([
  [{}, "event", "/type"],
  [{ id: "0", msg: { type: "task_started" } }, "event", "/type"],
  [{ type: "thread.started" }, "thread.started", "/thread_id"],
  [{ type: "turn.completed", usage: { input_tokens: "1" } }, "turn.completed", "/usage/input_tokens"],
  [{ type: "turn.completed", usage: null }, "turn.completed", "/usage"],
  [{ type: "turn.failed", error: "x" }, "turn.failed", "/error"],
  [{ type: "item.completed", item: { id: "1", item_type: "x" } }, "item.completed", "/item/type"],
  [
    item("command_execution", { command: ["ls"], aggregated_output: "", status: "completed" }),
    "item.completed command_execution",
    "/item/command",
  ],
  [
    item("command_execution", { command: "ls", aggregated_output: "", status: "exploded" }),
    "item.completed command_execution",
    "/item/status",
  ],
  [
    item("file_change", { changes: [{ path: "a" }], status: "completed" }),
    "item.completed file_change",
    "/item/changes/0/kind",
  ],
])("a known type in another shape is drift: %j", (line, kind, pointer) => {
  expect(read(line)[0]).toMatchObject({
    type: "drift.detected",
    data: { kind, reason: expect.stringContaining(pointer) },
  });
});

test.each(["not json", "5", "[]", "null", '"x"', ""])("the line %j is unread", (line) => {
  expect(read(line)[0]).toMatchObject({ type: "line.unread" });
});

test("an id used again gets a number, so that starts and ends still pair", () => {
  const started = item("command_execution", command("in_progress"), "item.started");
  const ids = read(started, started).flatMap((draft) =>
    draft.type === "tool.started" && "callId" in draft.data ? [draft.data.callId] : [],
  );
  expect(ids).toEqual(["item_0", "item_0~2"]);
});
