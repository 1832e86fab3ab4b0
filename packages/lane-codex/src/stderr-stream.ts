import { type EventDraft, rawOf, short, type StreamLine, unread } from "@stage6/lane-contract";

const ROUTER = /^\S{1,64} ERROR codex_core::tools::router: error=(.*)$/s;

/** Tool a refusal speaks of, from its own words; empty when it names none. */
function refusedTool(message: string): string {
  const named = /^unsupported (?:custom tool )?call: (\S+)/.exec(message)?.[1];
  if (named !== undefined) return short(named, 256);
  return /^(?:patch rejected|apply_patch )/.test(message) ? "apply_patch" : "";
}

/** Reads one line of stderr: a refusal of the tool router, or free text that stays in the raw artifact. */
export function readStderr(line: StreamLine): readonly EventDraft[] {
  const raw = rawOf("stderr", line);
  if (line.text === null) return [unread(raw, line.reason ?? "unreadable")];
  const refusal = ROUTER.exec(line.text)?.[1];
  return refusal === undefined
    ? []
    : [{ type: "action.refused", raw, data: { tool: refusedTool(refusal), message: short(refusal) } }];
}
