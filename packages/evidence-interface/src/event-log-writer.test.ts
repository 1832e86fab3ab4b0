import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { EventLogChecker } from "./event-log-checker.ts";
import { EventLogError, EventLogWriter } from "./event-log-writer.ts";
import { readSampleLog } from "./testing/index.ts";

const TS = "2026-01-01T00:00:00.000Z";
const prepared = { baseCommit: "a".repeat(40), entries: 1 };
const at = (mono: number) => ({ ts: TS, mono });
const parse = readSampleLog;
const codeOf = (action: () => unknown) => {
  try {
    action();
    return "no error";
  } catch (error) {
    return error instanceof EventLogError ? error.code : "other";
  }
};

describe("EventLogWriter", () => {
  it("numbers events and sets their source", () => {
    const writer = new EventLogWriter();
    writer.append("workspace.prepared", prepared, at(0));
    expect(
      parse(writer.append("model.answered", { request: 1, status: 200, end: "complete", bytes: 1 }, at(5))),
    ).toMatchObject([{ seq: 1, mono: 5, src: "provider" }]);
  });

  it("sets a checkpoint over all bytes before it after 256 events, and after one second", () => {
    const writer = new EventLogWriter();
    const parts = Array.from({ length: 257 }, () =>
      Buffer.from(writer.append("workspace.prepared", prepared, at(0))),
    );
    const [checkpoint, event] = parse(parts[256]!);
    const before = Buffer.concat(parts.slice(0, 256));
    expect(checkpoint).toMatchObject({
      type: "checkpoint",
      data: {
        events: 256,
        bytes: before.length,
        sha256: `sha256:${createHash("sha256").update(before).digest("hex")}`,
      },
    });
    expect(event).toMatchObject({ seq: 257, type: "workspace.prepared" });
    expect(parse(writer.append("workspace.prepared", prepared, at(999_999))).length).toBe(1);
    expect(parse(writer.append("workspace.prepared", prepared, at(1_000_000))).length).toBe(2);
  });

  it("never lets time run backwards", () => {
    const writer = new EventLogWriter();
    writer.append("workspace.prepared", prepared, at(500));
    expect(parse(writer.append("workspace.prepared", prepared, at(100)))).toMatchObject([{ mono: 500 }]);
  });

  it("ends with a checkpoint and run.ended, and takes nothing after it", () => {
    const writer = new EventLogWriter();
    writer.append("workspace.prepared", prepared, at(0));
    expect(parse(writer.end(at(1)))).toMatchObject([
      { type: "checkpoint" },
      { type: "run.ended", seq: 2, data: { events: 2 } },
    ]);
    expect(codeOf(() => writer.append("workspace.prepared", prepared, at(2)))).toBe("LOG_ENDED");
    expect(codeOf(() => writer.end(at(2)))).toBe("LOG_ENDED");
  });

  it("refuses an event that no reader would accept", () => {
    const writer = new EventLogWriter();
    expect(codeOf(() => writer.append("workspace.prepared", { ...prepared, entries: -1 }, at(0)))).toBe(
      "EVENT_INVALID",
    );
    expect(codeOf(() => writer.append("workspace.prepared", prepared, { ts: "yesterday", mono: 0 }))).toBe(
      "EVENT_INVALID",
    );
    expect(
      codeOf(() =>
        writer.append("action.attempted", { action: "push", via: "shim", detail: "\ud800" }, at(0)),
      ),
    ).toBe("EVENT_INVALID");
    expect(
      codeOf(() =>
        writer.append(
          "process.started",
          { argv: Array.from({ length: 20 }, () => "x".repeat(65_000)), envKeys: [] },
          at(0),
        ),
      ),
    ).toBe("EVENT_INVALID");
  });

  it("leaves the log whole when it refuses an event just where a checkpoint is due", () => {
    const writer = new EventLogWriter();
    const parts = Array.from({ length: 256 }, () => writer.append("workspace.prepared", prepared, at(0)));
    expect(codeOf(() => writer.append("workspace.prepared", { ...prepared, entries: -1 }, at(0)))).toBe(
      "EVENT_INVALID",
    );
    parts.push(writer.append("workspace.prepared", prepared, at(0)), writer.end(at(0)));
    const checker = new EventLogChecker("events.jsonl");
    checker.push(Buffer.concat(parts));
    const rules = new Set(checker.end().findings.map((finding) => finding.rule));
    expect(rules).toEqual(new Set(["start", "oracle", "snapshots"]));
  });
});
