import type { EventDraft } from "@stage6/lane-contract";
import { expect, test } from "vitest";
import { translator } from "./translate.ts";

const encoder = new TextEncoder();
const END = { exitCode: 0, signal: null, endedBy: "exit" } as const;
const NOON = "2026-01-01T12:00:00.000Z";
const lines = (records: readonly object[]): Uint8Array =>
  encoder.encode(records.map((record) => `${JSON.stringify(record)}\n`).join(""));

const usage = { input_tokens: 1, cached_input_tokens: 0, output_tokens: 2 };
const STDOUT = [
  { type: "thread.started", thread_id: "t" },
  { type: "turn.started" },
  { type: "turn.completed", usage },
];
const record = (type: string, payload: object, more: object = {}) => ({
  timestamp: NOON,
  type,
  payload,
  ...more,
});
const HEAD = record("session_meta", { id: "t" });
const BEGIN = record("event_msg", { type: "task_started" });
const OVER = record("event_msg", { type: "task_complete" });
const CALL = record("response_item", {
  type: "function_call",
  name: "exec_command",
  arguments: '{"cmd":"ls"}',
  call_id: "c",
});
const output = (text: string) =>
  record("response_item", { type: "function_call_output", call_id: "c", output: text });
const REFUSAL = "patch rejected: writing outside of the project";

/** What is wrong with a run of this session beside a turn that stdout calls completed; refusals besides. */
function read(session: readonly object[], stderr = ""): readonly string[] {
  const reader = translator({ workspace: "/ws" });
  const drafts: EventDraft[] = [];
  drafts.push(...reader.push("stdout", lines(STDOUT)), ...reader.push("stderr", encoder.encode(stderr)));
  drafts.push(...reader.push("session", lines(session)), ...reader.end(END));
  return drafts.flatMap((draft) => {
    if (draft.type === "drift.detected") return `drift: ${draft.data.reason}`;
    if (draft.type === "line.unread") return `unread: ${draft.data.reason}`;
    return draft.type === "action.refused" ? `${draft.raw.stream} refused: ${draft.data.message}` : [];
  });
}
const router = (message: string): string => `${NOON} ERROR codex_core::tools::router: error=${message}\n`;

test("a session that holds the turn to its end is whole", () =>
  expect(read([HEAD, BEGIN, CALL, output("Process exited with code 0\nOutput:\n"), OVER])).toEqual([]));

test.each([
  ["no session", []],
  ["a session without the end of the turn", [HEAD, BEGIN]],
  ["a session whose next turn is not over", [HEAD, BEGIN, OVER, BEGIN]],
])("%s is no witness of a completed turn", (_name, session) =>
  expect(read(session)).toEqual(["unread: the session file ends before the turn does"]),
);

test("a session of another thread is drift", () =>
  expect(read([record("session_meta", { id: "other" }), BEGIN, OVER])).toEqual([
    "drift: /payload/id: expected the thread that stdout names",
  ]));

test.each([
  ["a record before the header", [BEGIN, HEAD, OVER]],
  ["a second header", [HEAD, BEGIN, HEAD, OVER]],
  ["a time before that of the record above", [HEAD, { ...BEGIN, timestamp: NOON.replace("12", "11") }, OVER]],
  [
    "a number is missing, or was there before",
    [
      { ...HEAD, ordinal: 0 },
      { ...BEGIN, ordinal: 2 },
      { ...OVER, ordinal: 3 },
    ],
  ],
  ["an output before its call", [HEAD, BEGIN, output("x"), CALL, OVER]],
  ["a call that was there before", [HEAD, BEGIN, CALL, CALL, output("x"), OVER]],
])("%s is out of order", (reason, session) => {
  expect(read(session)).toContain(`drift: out of order: ${reason}`);
});

test("a numbered session may be written while the clock is set back", () =>
  expect(
    read([
      { ...HEAD, ordinal: 0 },
      { ...BEGIN, ordinal: 1, timestamp: NOON.replace("12", "11") },
      { ...OVER, ordinal: 2 },
    ]),
  ).toEqual([]));

test("a refusal is told from the session, once, whether stderr has it or not", () => {
  const session = [HEAD, BEGIN, CALL, output(REFUSAL), OVER];
  expect(read(session)).toEqual([`session refused: ${REFUSAL}`]);
  expect(read(session, router(REFUSAL))).toEqual([`session refused: ${REFUSAL}`]);
});

test("a refusal on stderr that a whole session does not hold is drift", () => {
  expect(read([HEAD, BEGIN, OVER], router(REFUSAL))).toEqual([
    "drift: the session file holds no such refusal",
  ]);
  expect(read([HEAD, BEGIN, CALL, output(REFUSAL), OVER], router(REFUSAL).repeat(2))).toHaveLength(2);
});

test("a refusal on stderr counts where the session was cut off", () =>
  expect(read([HEAD, BEGIN], router(REFUSAL))).toContain(`stderr refused: ${REFUSAL}`));

test("free text on stderr is no refusal", () =>
  expect(read([HEAD, BEGIN, OVER], `Warning: x\n${router("something failed")}`)).toEqual([]));
