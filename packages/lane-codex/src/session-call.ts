import type { DraftRaw } from "@stage6/lane-contract";
import type { CallOutcome } from "./call-outcome.ts";

/** One thing that the session file holds and the main stream may show. */
export interface SessionEntry {
  /** What the main stream may show it as. */
  readonly keys: readonly string[];
  /** Number of its record in the session, from 0. */
  readonly at: number;
  /** Which answer of the model it came with, from 0; the next answer begins once a call was answered. */
  readonly round: number;
}

/** One tool call of the session file. */
export interface SessionCall extends SessionEntry {
  readonly callId: string;
  /** Tool name as the model called it; `mcp__<server>__<tool>` for MCP. */
  readonly tool: string;
  /** Input, cut to the length an event may hold. */
  readonly input: string;
  readonly raw: DraftRaw;
  /** Number of the record that says its item was completed; null where the session has no such record (before 0.150). */
  completedAt: number | null;
  /** Its end with the place of the output; null when the session holds none. */
  end: (CallOutcome & { readonly raw: DraftRaw }) | null;
}

/** Whether an entry is a call, and no message of the agent. */
export function isCall(entry: SessionEntry): entry is SessionCall {
  return "callId" in entry;
}
