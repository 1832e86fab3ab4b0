import type { DraftRaw } from "@stage6/lane-contract";
import type { CallOutcome } from "./call-outcome.ts";

/** One tool call of the session file. */
export interface SessionCall {
  readonly callId: string;
  /** Tool name as the model called it; `mcp__<server>__<tool>` for MCP. */
  readonly tool: string;
  /** Input, cut to the length an event may hold. */
  readonly input: string;
  /** What the main stream may show it as. */
  readonly keys: readonly string[];
  readonly raw: DraftRaw;
  /** Its end with the place of the output; null when the session holds none. */
  end: (CallOutcome & { readonly raw: DraftRaw }) | null;
}
