import type { SampleDraft } from "@stage6/evidence-interface/testing";
import { sampleTrial } from "@stage6/evidence-interface/testing";
import { expecting, sealedWith, withEvents, withLines, type BadCase } from "./bad-case.ts";
import { logLines, rechain } from "./rechain.ts";

const EVENTS = "events.jsonl";
const logRule = (rule: string, variant?: string): ReturnType<typeof expecting> =>
  expecting("EVENTS_INVALID", rule, EVENTS, variant);
const RAW = { artifact: "artifacts/stdout.raw", offset: 0, length: 1 };
const codex = sampleTrial({ lane: "codex" });

/** Adds a draft before the process ended. */
function inside(events: readonly SampleDraft[], ...drafts: readonly SampleDraft[]): readonly SampleDraft[] {
  const at = events.findIndex(([type]) => type === "process.ended");
  return [...events.slice(0, at), ...drafts, ...events.slice(at)];
}

/** Replaces part of the first line that holds `mark`. */
function inLine(
  lines: readonly string[],
  mark: string,
  from: string | RegExp,
  to: string,
): readonly string[] {
  const at = lines.findIndex((line) => line.includes(mark));
  return lines.map((line, index) => (index === at ? line.replace(from, to) : line));
}

/** Bundles whose event log breaks a rule of order, pairing, time, checkpoints or reference. */
export function logCases(): readonly BadCase[] {
  return [
    withLines(logRule("seq"), (lines) => inLine(lines, '"agent.messaged"', /"seq":\d+/, '"seq":99')),
    withLines(logRule("mono"), (lines) => inLine(lines, '"agent.messaged"', /"mono":\d+/, '"mono":1')),
    withLines(logRule("calendar"), (lines) => inLine(lines, '"agent.messaged"', "2026-01-01", "2026-02-30")),
    withLines(logRule("event-count"), (lines) => inLine(lines, '"run.ended"', /"events":\d+/, '"events":3')),
    withLines(logRule("end"), (lines) => lines.slice(0, -1)),
    withLines(logRule("after-end"), (lines) => [
      ...lines,
      (lines.at(-2) ?? "")
        .replace(/"seq":\d+/, `"seq":${lines.length}`)
        .replace(/"events":\d+/, `"events":${lines.length}`),
    ]),
    withLines(logRule("checkpoint", "missing"), (lines) =>
      lines
        .filter((line) => !line.includes('"checkpoint"'))
        .map((line) =>
          line
            .replace(`"seq":${lines.length - 1},`, `"seq":${lines.length - 2},`)
            .replace(`"events":${lines.length - 1}`, `"events":${lines.length - 2}`),
        ),
    ),
    sealedWith(logRule("checkpoint", "other-bytes"), {
      log: (log) =>
        Buffer.from(
          log.toString("utf8").replace(/("type":"checkpoint".*sha256:)[0-9a-f]{64}/, `$1${"0".repeat(64)}`),
        ),
    }),
    sealedWith(logRule("no-final-newline"), { log: (log) => rechain(logLines(log)).subarray(0, -1) }),
    withEvents("start", (events) => inside(events, ...events.slice(0, 1))),
    withEvents("process", (events) => inside(events, ["process.started", { argv: ["again"], envKeys: [] }])),
    withEvents("call-id", (events) =>
      inside(
        events,
        ["tool.started", { raw: RAW, callId: "c7", tool: "shell", input: "" }],
        ["tool.ended", { raw: RAW, callId: "c7", status: "completed", exitCode: 0, reported: true }],
      ),
    ),
    withEvents("unpaired", (events) =>
      inside(events, ["tool.started", { raw: RAW, callId: "c2", tool: "shell", input: "" }]),
    ),
    withEvents("phase", (events) => {
      const phase = { raw: RAW, phase: "build", attempt: 1 };
      return inside(
        events,
        ["phase.started", phase],
        ["phase.started", phase],
        ["phase.ended", { ...phase, outcome: "completed" }],
      );
    }),
    withEvents(
      "request-number",
      (events) =>
        events.map((draft) => {
          if (draft[0] === "model.requested" && draft[1].request === 2)
            return [draft[0], { ...draft[1], request: 3 }];
          return draft[0] === "model.answered" && draft[1].request === 2
            ? [draft[0], { ...draft[1], request: 3 }]
            : draft;
        }),
      codex,
    ),
    withEvents("oracle", (events) => events.filter(([type]) => type !== "oracle.ended")),
    withEvents("snapshots", (events) =>
      events.filter((draft) => draft[0] !== "snapshot.taken" || draft[1].which === "before"),
    ),
    withEvents("raw-artifact", (events) =>
      inside(events, [
        "line.unread",
        { raw: { ...RAW, artifact: "artifacts/nowhere.raw" }, reason: "garbled" },
      ]),
    ),
    withEvents("raw-range", (events) =>
      inside(events, ["line.unread", { raw: { ...RAW, length: 100_000 }, reason: "garbled" }]),
    ),
  ];
}
