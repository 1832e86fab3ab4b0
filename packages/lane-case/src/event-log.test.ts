import type { EventDraft } from "@stage6/lane-contract";
import { describe, expect, test } from "vitest";
import {
  began,
  end,
  ended,
  logBytes,
  type LogEvent,
  numbered,
  phase,
  result,
  start,
  stopped,
  tool,
} from "./testing/case-log.ts";
import { translator } from "./translate.ts";

const END = { exitCode: 0, signal: null, endedBy: "exit" } as const;

function translate(events: readonly object[], stderr = ""): readonly Pick<EventDraft, "type" | "data">[] {
  const reader = translator({ workspace: "/ws" });
  return [
    ...reader.push("stderr", new TextEncoder().encode(stderr)),
    ...reader.push("session", logBytes(events)),
    ...reader.end(END),
  ].map(({ type, data }) => ({ type, data }));
}
const run = (...between: readonly LogEvent[]) => translate(numbered([start(), ...between, ...stopped()]));
const of = (drafts: readonly Pick<EventDraft, "type" | "data">[], ...types: readonly EventDraft["type"][]) =>
  drafts.filter(({ type }) => types.includes(type)).map(({ data }) => data);
const outcome = (drafts: readonly Pick<EventDraft, "type" | "data">[]) => of(drafts, "agent.ended");

describe("the end", () => {
  test("of a run that the lane stopped before its close phase is a completed one", () => {
    expect(outcome(run(...phase("implement")))).toEqual([
      { outcome: "completed", message: "stopped before the close phase" },
    ]);
  });

  test("at the closer for any other reason is a failed one", () => {
    const drafts = translate(
      numbered([
        start(),
        began("close"),
        ended("close", "failed", result({ status: "failed", error: "no remote" })),
        end("closer"),
      ]),
    );
    expect(outcome(drafts)).toEqual([{ outcome: "failed", message: "closer: no remote" }]);
  });

  test("of a close phase that went through is drift: this lane stops it", () => {
    expect(of(translate(numbered([start(), ...phase("close"), end()])), "drift.detected")).toMatchObject([
      { kind: "phase_end" },
    ]);
    const acted = run(
      began("close"),
      ...tool("close", "c", "bash", { command: "git push" }),
      ended("close", "failed"),
    );
    expect(of(acted, "drift.detected")).toMatchObject([{ kind: "tool_start" }]);
  });

  test("that was never stated is unknown, and all that was open is closed", () => {
    const [opened] = tool("implement", "c", "bash", { command: "sleep 9" });
    const drafts = translate(numbered([start(), began("implement"), opened]));
    expect(of(drafts, "tool.ended", "phase.ended", "agent.ended")).toEqual([
      { callId: "c", status: "unclosed", exitCode: null, reported: true },
      { phase: "implement", attempt: 1, outcome: "unclosed" },
      { outcome: "unknown", message: null },
    ]);
  });
});

describe("the log", () => {
  test.each([
    ["an unknown type of event", { event: "phase_paused" }, "record.unrecognized"],
    ["a known event in another shape", { ...began("verify"), phase: 3 }, "drift.detected"],
    ["a second start", start(), "drift.detected"],
    ["the end of a phase that is not open", ended("review", "completed"), "drift.detected"],
    ["the end of a call that is not open", tool("implement", "x", "bash", {})[1], "drift.detected"],
  ] as const)("with %s gives %s", (_name, event, type) => {
    expect(run(event).map((draft) => draft.type)).toContain(type);
  });

  test("of a second run is drift, for a resumed run cannot be read alone", () => {
    const other = numbered([start()], "5f0e5ca5-0000-4000-8000-000000000002");
    expect(of(translate([...numbered([start()]), ...other]), "drift.detected")).toMatchObject([
      { reason: "/runId: a record of another run" },
    ]);
  });

  test("that goes on in the middle says which record is missing", () => {
    expect(of(translate(numbered([start(), ...stopped()]).slice(1)), "line.unread")).toEqual([
      { reason: "the record with sequence 1 is missing" },
    ]);
  });

  test("with a number twice is drift", () => {
    const [first] = numbered([start()]);
    expect(of(translate([first ?? {}, first ?? {}]), "drift.detected")).toHaveLength(1);
  });

  test("after its own end is drift", () => {
    const drafts = translate(numbered([start(), end(), ...phase("implement")]));
    expect(of(drafts, "drift.detected")).toHaveLength(2);
  });

  test("passes over skipped cycles that never began, as Case ends each run with them", () => {
    expect(of(run(ended("verify", "skipped")), "phase.ended", "drift.detected")).toMatchObject([
      { phase: "close" },
      { phase: "retrospective" },
    ]);
  });
});

describe("evaluators", () => {
  const rubric = (verdict: string) =>
    result({ rubric: { role: "verifier", categories: [{ category: "edges", verdict, detail: "" }] } });
  const verdicts = (...between: readonly LogEvent[]) => of(run(...between), "review.claimed");

  test("a rejection that nothing answers stands", () => {
    expect(verdicts(...phase("verify", rubric("fail")), ...phase("review"))).toEqual([
      { by: "review", critical: 0, verdict: "passed" },
      { by: "verify", critical: 0, verdict: "rejected", rubric: [{ category: "edges", verdict: "failed" }] },
    ]);
  });

  test("an unknown verdict is no pass", () => {
    expect(verdicts(...phase("verify", rubric("maybe")))).toMatchObject([{ verdict: "rejected" }]);
    expect(verdicts(...phase("verify", rubric("na")))).toMatchObject([{ verdict: "passed" }]);
  });

  test("an evaluator that says blocked, which Case passes over, rejects", () => {
    expect(verdicts(...phase("review", result({ status: "blocked" })))).toMatchObject([
      { verdict: "rejected" },
    ]);
  });

  test("critical findings reject, even when another cycle follows", () => {
    const findings = { findings: { critical: 2, warnings: 0, info: 0, details: [] } };
    const revise: LogEvent = {
      event: "revision_requested",
      source: "reviewer",
      cycle: 1,
      failedCategories: [],
    };
    expect(verdicts(...phase("review", result(findings)), revise, ...phase("review"))).toMatchObject([
      { verdict: "rejected", critical: 2 },
      { verdict: "passed" },
    ]);
  });
});

describe("claims", () => {
  test("name changed files by tool calls and by results, relative to the workspace", () => {
    const changed = { artifacts: { filesChanged: ["/ws/src/b.ts", 7] } };
    const drafts = run(
      ...phase(
        "implement",
        result(changed),
        ...tool("implement", "1", "edit", { path: "/ws/src/a.ts", edits: [] }),
        ...tool("implement", "2", "write", { path: "/ws/src/c.ts", content: "x" }, true),
        ...tool("implement", "3", "write", '{"path":"src/long.ts","content":"cut after 500 charac'),
      ),
    );
    expect(of(drafts, "change.claimed")).toEqual([
      { path: "src/a.ts", kind: "modified" },
      { path: "src/long.ts", kind: "unknown" },
      { path: "src/b.ts", kind: "unknown" },
    ]);
  });

  test("keep the calls of two agents apart, though Case gives them the same id", () => {
    const drafts = run(
      ...phase("implement", result(), ...tool("implement", "call_0", "bash", { command: "ls" })),
      ...phase("verify", result(), ...tool("verify", "call_0", "bash", { command: "ls" })),
    );
    expect(of(drafts, "tool.started")).toMatchObject([{ callId: "call_0" }, { callId: "call_0~2" }]);
  });

  test("hold no credential that Case let through", () => {
    const drafts = run(
      ...phase("implement", result({ summary: "used sk-abcdefghij0123456789", error: "https://a:bcdef@h/" })),
    );
    expect(JSON.stringify(drafts)).not.toMatch(/sk-abc|bcdef/);
  });

  test("tell a breakdown that Case prints before it exits", () => {
    expect(of(translate([], "Fatal: no such model\n{}\n"), "agent.messaged")).toEqual([
      { kind: "warning", text: "Fatal: no such model", truncated: false },
    ]);
  });
});
