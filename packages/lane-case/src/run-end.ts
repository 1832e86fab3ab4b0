import { type DraftData, type DraftRaw, type JsonRecord, short, textField } from "@stage6/lane-contract";
import { STOP_PREFIX } from "./lane-stop.ts";
import { scrub } from "./scrub-text.ts";

/** What is known of the end that Case states, and whether the lane's stop is what ended it. */
export class RunEnd {
  #ended: { readonly outcome: string; readonly agent: string; readonly raw: DraftRaw } | null = null;
  #stopped = false;
  #lastError = "";

  /** Whether the run has stated its end. */
  get isOver(): boolean {
    return this.#ended !== null;
  }

  /** The end of a phase. */
  phaseEnded(phase: string, outcome: string, result: JsonRecord | null): void {
    const error = result === null ? "" : textField(result, "error");
    if (outcome === "failed" && error !== "") this.#lastError = error;
    if (phase === "close") this.#stopped = outcome === "failed" && error.startsWith(STOP_PREFIX);
  }

  /** The end of the run. */
  ended(record: JsonRecord, raw: DraftRaw): void {
    this.#ended = { outcome: textField(record, "outcome"), agent: textField(record, "failedAgent"), raw };
  }

  /** How Case says that it ended: its own failure at the closer is the lane's doing, and the regular end of a run. */
  say(): { readonly raw: DraftRaw | null; readonly data: DraftData<"agent.ended"> } {
    if (this.#ended === null) return { raw: null, data: { outcome: "unknown", message: null } };
    const { outcome, agent, raw } = this.#ended;
    if (outcome === "completed") return { raw, data: { outcome: "completed", message: null } };
    if (agent === "closer" && this.#stopped)
      return { raw, data: { outcome: "completed", message: "stopped before the close phase" } };
    const words = [agent, this.#lastError].filter((word) => word !== "").join(": ");
    return { raw, data: { outcome: "failed", message: words === "" ? null : short(scrub(words)) } };
  }
}
