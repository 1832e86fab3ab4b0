/** One record of an event log, as a test writes it. */
export type LogEvent = Readonly<Record<string, unknown>> & { readonly event: string };

/** Id of the run in every written log. */
const RUN_ID = "5f0e5ca5-0000-4000-8000-000000000001";

const AGENTS: Readonly<Record<string, string>> = {
  implement: "implementer",
  verify: "verifier",
  review: "reviewer",
  close: "closer",
  retrospective: "retrospective",
};

const agent = (phase: string): object => ({ phase, agent: AGENTS[phase] ?? phase });

/** The first record of a run. */
export const start = (): LogEvent => ({
  event: "pipeline_start",
  taskId: "stage6-task",
  profile: "standard",
  plan: { phases: [], revisionBudget: 2 },
});

/** The last record of a run. */
export const end = (failedAgent?: string): LogEvent => ({
  event: "pipeline_end",
  outcome: failedAgent === undefined ? "completed" : "failed",
  ...(failedAgent === undefined ? {} : { failedAgent }),
  durationMs: 900,
});

/** What an agent of a phase says at its end. */
export const result = (fields: object = {}): object => ({
  status: "completed",
  summary: "",
  artifacts: { commit: null, filesChanged: [], testsPassed: null, evidenceMarkers: [], prUrl: null },
  error: null,
  ...fields,
});

/** Begin of a phase. */
export const began = (phase: string): LogEvent => ({ event: "phase_start", ...agent(phase) });

/** End of a phase. */
export const ended = (phase: string, outcome: string, said?: object): LogEvent => ({
  event: "phase_end",
  ...agent(phase),
  outcome,
  durationMs: 100,
  ...(said === undefined ? {} : { result: said }),
});

/** A phase that went through with this in between. */
export const phase = (name: string, said: object = result(), ...between: readonly LogEvent[]): LogEvent[] => [
  began(name),
  ...between,
  ended(name, "completed", said),
];

/** Begin and end of a tool call. */
export const tool = (
  name: string,
  id: string,
  called: string,
  args: object | string,
  isError = false,
): readonly [LogEvent, LogEvent] => {
  const common = { ...agent(name), toolCallId: id, tool: called };
  return [
    { event: "tool_start", ...common, args: typeof args === "string" ? args : JSON.stringify(args) },
    { event: "tool_end", ...common, durationMs: 5, isError, result: "text" },
  ];
};

/** The close phase as the lane's fixed answer ends it, the retrospective, and the regular end of a run. */
export const stopped = (): LogEvent[] => [
  began("close"),
  ended(
    "close",
    "failed",
    result({ status: "failed", error: "lane-stop: this harness runs no close phase" }),
  ),
  ...["implement", "verify", "review"].map((name) => ended(name, "skipped")),
  ...phase("retrospective"),
  end("closer"),
];

/** Numbers records from 1 in the order in which they happened. */
export function numbered(events: readonly LogEvent[], runId: string = RUN_ID): LogEvent[] {
  return events.map((event, at) => ({
    ...event,
    ts: `2026-01-01T00:00:00.${String(at).padStart(3, "0")}Z`,
    sequence: at + 1,
    runId,
  }));
}

/** Bytes of a log with these records in this order. */
export function logBytes(events: readonly object[]): Uint8Array {
  return new TextEncoder().encode(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
}
