import { MODEL_REFUSALS, type AgentOutcome, type Usage } from "./event-parts.ts";
import type { Event, EventData, EventType } from "./event.ts";
import type { Report } from "./report.ts";

/** The facts of an event log that a report needs, gathered in one pass; memory does not grow with the number of events. */
export interface LogFacts {
  /** Every type of event in the log. */
  types: Set<EventType>;
  started: EventData<"run.started"> | null;
  probed: EventData<"backend.probed"> | null;
  processStarted: boolean;
  process: EventData<"process.ended"> | null;
  oracle: EventData<"oracle.ended"> | null;
  /** What the log says of the first snapshot on each side. */
  snapshots: Map<"before" | "after", EventData<"snapshot.taken">>;
  startedAt: string;
  endedAt: string;
  requests: number;
  failedRequests: number;
  /** The answer to the model request with the highest number. */
  lastAnswer: { request: number; status: number | null; end: EventData<"model.answered">["end"] } | null;
  /** Sum of what the provider stated in complete answers; null when it stated nothing. */
  observedUsage: NonNullable<Report["model"]["usage"]> | null;
  models: Set<string>;
  /** A request was refused because it did not ask the planned model, in words that allow one reading. */
  modelRefused: boolean;
  providerTools: Set<string>;
  limits: Set<string>;
  attempted: Set<EventData<"action.attempted">["action"]>;
  /** Lane events besides `agent.ended`, `line.unread`, `record.unrecognized` and `drift.detected`. */
  understood: number;
  messages: number;
  finalMessage: string | null;
  toolCalls: number;
  toolFailures: number;
  toolsUnclosed: number;
  toolsUnreported: number;
  changedPaths: Set<string>;
  unreadLines: number;
  unrecognizedRecords: number;
  driftRecords: number;
  agentOutcome: AgentOutcome;
  usage: Usage | null;
  reviewRejected: boolean;
  evaluatorExhausted: boolean;
}

/**
 * Most different names kept of each sort, the first in log order: the bounds of the report's schema. No lane can make
 * its own report unreadable by naming more, and no log can fill the reader's memory.
 */
const MAX_NAMES = 64;
const MAX_PATHS = 100_000;

function keep(names: Set<string>, name: string, most: number): void {
  if (names.size < most) names.add(name);
}

/** Facts of an empty log. */
export function emptyFacts(): LogFacts {
  return {
    types: new Set(),
    started: null,
    probed: null,
    processStarted: false,
    process: null,
    oracle: null,
    snapshots: new Map(),
    startedAt: "",
    endedAt: "",
    requests: 0,
    failedRequests: 0,
    lastAnswer: null,
    observedUsage: null,
    models: new Set(),
    modelRefused: false,
    providerTools: new Set(),
    limits: new Set(),
    attempted: new Set(),
    understood: 0,
    messages: 0,
    finalMessage: null,
    toolCalls: 0,
    toolFailures: 0,
    toolsUnclosed: 0,
    toolsUnreported: 0,
    changedPaths: new Set(),
    unreadLines: 0,
    unrecognizedRecords: 0,
    driftRecords: 0,
    agentOutcome: "unknown",
    usage: null,
    reviewRejected: false,
    evaluatorExhausted: false,
  };
}

/** Adds one event to the facts. */
export function foldEvent(facts: LogFacts, event: Event): void {
  facts.types.add(event.type);
  switch (event.type) {
    case "run.started":
      facts.started ??= event.data;
      facts.startedAt = event.ts;
      return;
    case "backend.probed":
      facts.probed = event.data;
      return;
    case "process.started":
      facts.processStarted = true;
      return;
    case "process.ended":
      facts.process = event.data;
      return;
    case "oracle.ended":
      facts.oracle = event.data;
      return;
    case "limit.reached":
      keep(facts.limits, event.data.limit, MAX_NAMES);
      return;
    case "action.attempted":
      facts.attempted.add(event.data.action);
      return;
    case "model.requested":
      facts.requests += 1;
      if (event.data.model !== null) keep(facts.models, event.data.model, MAX_NAMES);
      if (event.data.refusal !== undefined && MODEL_REFUSALS.includes(event.data.refusal))
        facts.modelRefused = true;
      for (const tool of event.data.providerTools) keep(facts.providerTools, tool, MAX_NAMES);
      return;
    case "model.answered":
      foldAnswer(facts, event.data);
      return;
    case "run.ended":
      facts.endedAt = event.ts;
      return;
    case "snapshot.taken":
      if (!facts.snapshots.has(event.data.which)) facts.snapshots.set(event.data.which, event.data);
      return;
    case "workspace.prepared":
    case "checkpoint":
      return;
    default:
      foldClaim(facts, event);
  }
}

function foldAnswer(facts: LogFacts, data: EventData<"model.answered">): void {
  // A fixed answer of the gateway is no model's: it neither failed nor says how the model answered.
  if (data.end === "local") return;
  if (data.end !== "complete") facts.failedRequests += 1;
  else if (data.usage !== undefined) addUsage(facts, data.usage);
  // A refused request never reached a model: it says nothing about how the model answered.
  if (data.end === "refused") return;
  if (facts.lastAnswer === null || data.request > facts.lastAnswer.request)
    facts.lastAnswer = { request: data.request, status: data.status, end: data.end };
}

/** Sums stop at the largest count that the schema takes, so that no log can make its own report unreadable. */
function addUsage(facts: LogFacts, usage: Usage): void {
  const sum = facts.observedUsage ?? { answers: 0, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 };
  const add = (one: number, other: number): number => Math.min(one + other, Number.MAX_SAFE_INTEGER);
  facts.observedUsage = {
    answers: add(sum.answers, 1),
    inputTokens: add(sum.inputTokens, usage.inputTokens),
    cachedInputTokens: add(sum.cachedInputTokens, usage.cachedInputTokens),
    outputTokens: add(sum.outputTokens, usage.outputTokens),
  };
}

type LaneEvent = Extract<Event, { data: { raw: unknown } }>;

function foldClaim(facts: LogFacts, event: LaneEvent): void {
  switch (event.type) {
    case "agent.ended":
      facts.agentOutcome = event.data.outcome;
      return;
    case "line.unread":
      facts.unreadLines += 1;
      return;
    case "record.unrecognized":
      facts.unrecognizedRecords += 1;
      return;
    case "drift.detected":
      facts.driftRecords += 1;
      return;
    case "agent.messaged":
      facts.messages += 1;
      if (event.data.kind === "answer") facts.finalMessage = event.data.text;
      break;
    case "tool.started":
      facts.toolCalls += 1;
      break;
    case "tool.ended":
      if (event.data.status === "failed" || event.data.status === "refused") facts.toolFailures += 1;
      if (event.data.status === "unclosed") facts.toolsUnclosed += 1;
      if (!event.data.reported) facts.toolsUnreported += 1;
      break;
    case "change.claimed":
      keep(facts.changedPaths, event.data.path, MAX_PATHS);
      break;
    case "usage.claimed":
      facts.usage = event.data.usage;
      break;
    case "review.claimed":
      if (event.data.verdict === "rejected" || event.data.critical > 0) facts.reviewRejected = true;
      if (event.data.verdict === "exhausted") facts.evaluatorExhausted = true;
      break;
    case "session.started":
    case "action.refused":
    case "phase.started":
    case "phase.ended":
    case "revision.requested":
      break;
  }
  facts.understood += 1;
}
