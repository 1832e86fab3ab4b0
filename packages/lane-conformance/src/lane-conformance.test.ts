import { type EventDraft, type Lane, LineReader } from "@stage6/lane-contract";
import { expect, test } from "vitest";
import { laneConformance } from "./lane-conformance.ts";
import { LANE_RULES } from "./lane-rules.ts";
import type { LaneSample } from "./lane-sample.ts";

/** The least lane that keeps every rule: each line is a message. */
const goodLane: Lane = {
  id: "least",
  contractVersion: 1,
  adapterVersion: "0.0.0",
  modelClass: "model",
  backend: { kind: "node-script", url: "file:///least.mjs" },
  probe: {
    args: [],
    read: () => ({ state: "blocked", code: "PROBE_FAILED", detail: "no version", remedy: "none" }),
  },
  plan: ({ backend, path, home, tmp, task }) => ({
    files: [],
    argv: [backend.executable, ...backend.args],
    cwd: "workspace",
    env: { PATH: path, HOME: home, TMPDIR: tmp },
    stdin: task,
    preflight: null,
    collect: [],
    refuseWhenPresent: [],
  }),
  translator: () => {
    const reader = new LineReader();
    const draft = ({ offset, length, text }: ReturnType<LineReader["push"]>[number]): EventDraft => {
      const raw = { stream: "stdout", offset, length };
      return text === null
        ? { type: "line.unread", raw, data: { reason: "not text" } }
        : {
            type: "agent.messaged",
            raw,
            data: { kind: "answer", text: text.slice(0, 2000), truncated: false },
          };
    };
    return {
      push: (stream, chunk) => (stream === "stdout" ? reader.push(chunk).map(draft) : []),
      end: () => [
        ...reader.end().map(draft),
        {
          type: "agent.ended",
          raw: { stream: "stdout", offset: 0, length: 0 },
          data: { outcome: "unknown", message: null },
        },
      ],
    };
  },
  toolCall: (step) =>
    step.do === "shell" || step.do === "write" || step.do === "edit"
      ? { name: step.do, arguments: {} }
      : null,
  testedVersions: ["1.0.0"],
};
const sample: LaneSample = {
  name: "two lines",
  workspace: "/trial/target/repo",
  streams: { stdout: new TextEncoder().encode("é one\ntwo") },
  end: { exitCode: 0, signal: null, endedBy: "exit" },
};

laneConformance(goodLane, [sample], test);

test("the ids of the rules are frozen", () => {
  expect(LANE_RULES.map(({ id }) => id)).toEqual([
    "lane-id",
    "tested-versions",
    "tool-calls",
    "probe-unreadable",
    "plan-pure",
    "plan-backend",
    "plan-environment",
    "plan-files",
    "plan-streams",
    "plan-task",
    "plan-gateway",
    "translate-total",
    "translate-valid",
    "translate-places",
    "translate-calls",
    "translate-end",
    "translate-silence",
    "translate-cuts",
    "translate-gaps",
  ]);
});

test("a broken lane fails the test of its rule, and the failure names rule and finding", () => {
  for (const rule of LANE_RULES) {
    const failed: string[] = [];
    laneConformance(rule.broken(goodLane), [sample], (_name, run) => {
      try {
        run();
      } catch (error) {
        failed.push(error instanceof Error ? error.message : "");
      }
    });
    expect(failed.find((message) => message.startsWith(`${rule.id}\n`))).toMatch(/\n.+/);
  }
});
