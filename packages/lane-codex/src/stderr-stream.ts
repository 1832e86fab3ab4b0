import {
  type DraftRaw,
  drift,
  type EventDraft,
  rawOf,
  short,
  type StreamLine,
  unread,
} from "@stage6/lane-contract";
import { isRefusal } from "./call-outcome.ts";

const ROUTER = /^\S{1,64} ERROR codex_core::tools::router: error=(.*)$/s;

/** Tool a refusal speaks of, from its own words; empty when it names none. */
function refusedTool(message: string): string {
  const named = /^unsupported (?:custom tool )?call: (\S+)/.exec(message)?.[1];
  if (named !== undefined) return short(named, 256);
  return /^(?:patch rejected|apply_patch )/.test(message) ? "apply_patch" : "";
}

/**
 * Reads stderr: refusals of the tool router among free text that stays in the raw artifact. The session file holds the
 * same refusals, and 0.104 prints none here, so a refusal is told from there; this is a second witness of it.
 */
export class StderrStream {
  readonly #refusals: { readonly message: string; readonly raw: DraftRaw }[] = [];

  read(line: StreamLine): readonly EventDraft[] {
    const raw = rawOf("stderr", line);
    if (line.text === null) return [unread(raw, line.reason ?? "unreadable")];
    const message = ROUTER.exec(line.text)?.[1];
    if (message !== undefined && isRefusal(message)) this.#refusals.push({ message: short(message), raw });
    return [];
  }

  /** What the session does not hold of the refusals: drift beside a whole session, else the refusals themselves. */
  end(told: readonly string[], wholeSession: boolean): readonly EventDraft[] {
    const left = new Map<string, number>();
    for (const message of told) left.set(message, (left.get(message) ?? 0) + 1);
    return this.#refusals.flatMap(({ message, raw }): EventDraft[] => {
      const count = left.get(message) ?? 0;
      left.set(message, count - 1);
      if (count > 0) return [];
      return wholeSession
        ? [drift(raw, "refusal", "the session file holds no such refusal")]
        : [{ type: "action.refused", raw, data: { tool: refusedTool(message), message } }];
    });
  }
}
