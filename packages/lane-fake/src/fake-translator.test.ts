import { describe, expect, it } from "vitest";
import type { EventDraft, ProcessEnd } from "@stage6/lane-contract";
import { fakeTranslator } from "./fake-translator.ts";

const CLEAN: ProcessEnd = { exitCode: 0, signal: null, endedBy: "exit" };

function translate(text: string | Uint8Array, end: ProcessEnd = CLEAN): readonly EventDraft[] {
  const translator = fakeTranslator();
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return [...translator.push("stdout", bytes), ...translator.end(end)];
}

const lines = (...records: readonly object[]) =>
  records.map((record) => `${JSON.stringify({ v: 1, ...record })}\n`).join("");
const typesOf = (drafts: readonly EventDraft[]) => drafts.map(({ type }) => type);

// Frozen: what backend 1.0.0 printed for a write, a failing command and an answer.
const GOLDEN = `{"v":1,"kind":"hello","session":"8d92c81f07960c53","version":"1.0.0"}
{"v":1,"kind":"tool-start","id":"call-1","tool":"write","input":"src/a.js"}
{"v":1,"kind":"change","path":"src/a.js","change":"added"}
{"v":1,"kind":"tool-end","id":"call-1","status":"completed","exitCode":null,"outputBytes":0,"output":""}
{"v":1,"kind":"tool-start","id":"call-2","tool":"shell","input":"exit 3"}
{"v":1,"kind":"tool-end","id":"call-2","status":"failed","exitCode":3,"outputBytes":0,"output":""}
{"v":1,"kind":"message","as":"answer","text":"ok"}
{"v":1,"kind":"usage","inputTokens":0,"cachedInputTokens":0,"outputTokens":0}
{"v":1,"kind":"bye","outcome":"completed","message":null}
`;

describe("the translator on a whole session", () => {
  it("drafts the frozen events, each pointing to its line", () => {
    const offsets = GOLDEN.split("\n").map((line, index, all) => ({
      stream: "stdout",
      offset: all.slice(0, index).reduce((sum, before) => sum + before.length + 1, 0),
      length: line.length,
    }));
    const data: readonly (readonly [EventDraft["type"], object])[] = [
      ["session.started", { sessionId: "8d92c81f07960c53", version: "1.0.0" }],
      ["tool.started", { callId: "call-1", tool: "write", input: "src/a.js" }],
      ["change.claimed", { path: "src/a.js", kind: "added" }],
      ["tool.ended", { callId: "call-1", status: "completed", exitCode: null, reported: true }],
      ["tool.started", { callId: "call-2", tool: "shell", input: "exit 3" }],
      ["tool.ended", { callId: "call-2", status: "failed", exitCode: 3, reported: true }],
      ["agent.messaged", { kind: "answer", text: "ok", truncated: false }],
      ["usage.claimed", { usage: { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 } }],
      ["agent.ended", { outcome: "completed", message: null }],
    ];
    expect(translate(GOLDEN)).toEqual(
      data.map(([type, fields], index) => ({ type, raw: offsets[index], data: fields })),
    );
  });

  it("drafts a refusal as the backend's own", () => {
    expect(translate(lines({ kind: "refused", tool: "shell", message: "not allowed" }))[0]).toMatchObject({
      type: "action.refused",
      data: { tool: "shell", message: "not allowed" },
    });
  });

  it("keeps stderr and unknown streams raw", () => {
    const translator = fakeTranslator();
    const bytes = new TextEncoder().encode(GOLDEN);
    expect([...translator.push("stderr", bytes), ...translator.push("session", bytes)]).toEqual([]);
    expect(typesOf(translator.end(CLEAN))).toEqual(["agent.ended"]);
  });
});

describe("the end of the agent", () => {
  it.each<[string, ProcessEnd, string]>([
    ["a clean exit without a bye is unknown", CLEAN, "unknown"],
    ["an exit code is no word of its own", { exitCode: 3, signal: null, endedBy: "exit" }, "unknown"],
    ["a death by signal is unknown", { exitCode: null, signal: "SIGKILL", endedBy: "exit" }, "unknown"],
    ["a limit is unknown", { exitCode: 143, signal: null, endedBy: "total-limit" }, "unknown"],
  ])("%s", (_, end, outcome) => {
    expect(translate(lines({ kind: "hello", session: "s", version: "1.0.0" }), end).at(-1)).toMatchObject({
      type: "agent.ended",
      data: { outcome },
    });
  });

  it("is what the bye says, whatever the exit code", () => {
    const bye = lines({ kind: "bye", outcome: "completed", message: null });
    expect(translate(bye, { exitCode: 9, signal: null, endedBy: "exit" })).toMatchObject([
      { data: { outcome: "completed" } },
    ]);
  });

  it("is drafted once: a second bye is drift", () => {
    const bye = lines({ kind: "bye", outcome: "completed", message: null });
    expect(typesOf(translate(bye + bye))).toEqual(["drift.detected", "agent.ended"]);
  });
});

describe("tool calls", () => {
  it("are closed as unclosed when the backend never ended them", () => {
    const start = lines({ kind: "tool-start", id: "1", tool: "shell", input: "true" });
    expect(translate(start)[1]).toEqual({
      type: "tool.ended",
      raw: { stream: "stdout", offset: 0, length: start.length - 1 },
      data: { callId: "1", status: "unclosed", exitCode: null, reported: false },
    });
  });

  it("are drift when an id is used twice, or ended without a start, or ended twice", () => {
    const start = { kind: "tool-start", id: "1", tool: "shell", input: "true" };
    const end = { kind: "tool-end", id: "1", status: "completed", exitCode: 0 };
    expect(typesOf(translate(lines(end, start, start, end, end, start)))).toEqual([
      "drift.detected",
      "tool.started",
      "drift.detected",
      "tool.ended",
      "drift.detected",
      "drift.detected",
      "agent.ended",
    ]);
  });
});

describe("lines that are no record of this protocol", () => {
  it.each<[string, string | Uint8Array, string, object]>([
    ["half a record", '{"v":1,"kind":"mess', "line.unread", { reason: "the stream ended inside the line" }],
    [
      "a whole record without its newline",
      '{"v":1,"kind":"hello"}',
      "line.unread",
      { reason: "the stream ended inside the line" },
    ],
    ["text", "npm warn\n", "line.unread", { reason: "not a JSON object with a kind" }],
    ["another JSON value", "[1]\n", "line.unread", { reason: "not a JSON object with a kind" }],
    ["bytes that are not UTF-8", Uint8Array.of(255, 254, 10), "line.unread", { reason: "not-utf8" }],
    ["an unknown kind", '{"v":1,"kind":"dance"}\n', "record.unrecognized", { kind: "dance" }],
    [
      "an inherited name as kind",
      '{"v":1,"kind":"__proto__"}\n',
      "record.unrecognized",
      { kind: "__proto__" },
    ],
    [
      "another version",
      '{"v":2,"kind":"hello"}\n',
      "drift.detected",
      { kind: "hello", reason: "version is not 1" },
    ],
    [
      "a known kind without its fields",
      '{"v":1,"kind":"change","path":"a"}\n',
      "drift.detected",
      { kind: "change" },
    ],
    [
      "a known kind with a field of another type",
      '{"v":1,"kind":"change","path":1,"change":"added"}\n',
      "drift.detected",
      { reason: "/path must be string" },
    ],
  ])("%s", (_, text, type, data) => {
    expect(translate(text)[0]).toMatchObject({ type, data });
  });

  it("leaves an empty line out", () => {
    expect(typesOf(translate("\n\n"))).toEqual(["agent.ended"]);
  });

  it("reads nested JSON of any depth without a throw", () => {
    const deep = `{"v":1,"kind":"hello","session":${"[".repeat(200_000)}${"]".repeat(200_000)}}\n`;
    expect(translate(deep)).toHaveLength(2);
  });
});
