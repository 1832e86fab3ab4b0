import { describe, expect, it } from "vitest";
import type { Event } from "./event.ts";
import { EventRules } from "./event-rules.ts";
import { readSampleLog, sampleTrial, writeSampleLog, type SampleDraft } from "./testing/index.ts";

const good = sampleTrial({ lane: "codex" }).events;
const raw = { artifact: "artifacts/stdout.raw", offset: 0, length: 1 };
const rulesOf = (events: readonly Event[]) => {
  const broken: string[] = [];
  const rules = new EventRules((rule) => broken.push(rule));
  for (const event of events) rules.add(event);
  rules.end();
  return broken;
};
const events = (drafts: readonly SampleDraft[]): Event[] => readSampleLog(writeSampleLog(drafts));
const with_ = (...drafts: readonly SampleDraft[]) => rulesOf(events([...good, ...drafts]));
const without = (type: string) => rulesOf(events(good.filter((draft) => draft[0] !== type)));
const changed = (index: number, change: Partial<Event>) =>
  rulesOf(events(good).map((event, at) => (at === index ? ({ ...event, ...change } as Event) : event)));
const tool = (callId: string): SampleDraft => ["tool.started", { raw, callId, tool: "shell", input: "" }];
const phase = { raw, phase: "build", attempt: 1 };

describe("EventRules", () => {
  it("accept an ordinary log", () => {
    expect(with_()).toEqual([]);
  });

  it.each([
    ["a sequence number out of turn", () => changed(4, { seq: 40 }), "seq"],
    ["time that runs backwards", () => changed(4, { mono: 0 }), "mono"],
    ["a date that does not exist", () => changed(4, { ts: "2026-02-30T00:00:00.000Z" }), "calendar"],
    ["a log that does not begin with run.started", () => without("run.started"), "start"],
    ["a second run.started", () => with_(...good.slice(0, 1)), "start"],
    ["an event after run.ended", () => rulesOf([...events(good), ...events(good).slice(-1)]), "after-end"],
    ["no run.ended", () => rulesOf(events(good).slice(0, -1)), "end"],
    [
      "a wrong event count",
      () =>
        rulesOf(
          events(good).map((event) =>
            event.type === "run.ended" ? { ...event, data: { events: 1 } } : event,
          ),
        ),
      "event-count",
    ],
    ["a call that is never ended", () => with_(tool("c2")), "unpaired"],
    ["a call that was never started", () => without("tool.started"), "unpaired"],
    ["a call id out of turn", () => with_(tool("c7")), "call-id"],
    ["a request that is never answered", () => without("model.answered"), "unpaired"],
    ["an answer to no request", () => without("model.requested"), "unpaired"],
    [
      "a request number out of turn",
      () =>
        with_([
          "model.requested",
          {
            request: 9,
            path: "",
            model: null,
            tools: [],
            providerTools: [],
            bytes: 0,
            sha256: `sha256:${"0".repeat(64)}`,
          },
        ]),
      "request-number",
    ],
    ["a process that never ended", () => without("process.ended"), "unpaired"],
    ["an end of no process", () => without("process.started"), "unpaired"],
    ["a second process", () => with_(["process.started", { argv: [], envKeys: [] }]), "process"],
    [
      "a phase begun twice",
      () =>
        with_(
          ["phase.started", phase],
          ["phase.started", phase],
          ["phase.ended", { ...phase, outcome: "completed" }],
        ),
      "phase",
    ],
    ["a phase that never ended", () => with_(["phase.started", phase]), "unpaired"],
    ["an end of no phase", () => with_(["phase.ended", { ...phase, outcome: "completed" }]), "unpaired"],
    ["no oracle", () => without("oracle.ended"), "oracle"],
    [
      "a second oracle",
      () => with_(["oracle.ended", { state: "passed", exitCode: 0, durationMs: 1, reason: null }]),
      "oracle",
    ],
    ["no snapshots", () => without("snapshot.taken"), "snapshots"],
    [
      "a third snapshot",
      () =>
        with_([
          "snapshot.taken",
          { which: "after", artifact: "a", sha256: `sha256:${"0".repeat(64)}`, entries: 0 },
        ]),
      "snapshots",
    ],
  ] as const)("break on %s", (_, run, rule) => {
    expect(run()).toContain(rule);
  });

  it("remember a bounded number of open calls", () => {
    const rules: string[] = [];
    const checker = new EventRules((rule) => rules.push(rule));
    for (let seq = 0; seq < 65_540; seq++) {
      checker.add({
        seq,
        ts: "2026-01-01T00:00:00.000Z",
        mono: 0,
        src: "lane",
        type: "tool.started",
        data: { raw, callId: `c${seq + 1}`, tool: "t", input: "" },
      });
    }
    expect(rules.filter((rule) => rule === "too-many-open").length).toBe(4);
  });
});
