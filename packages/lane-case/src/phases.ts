import { type DraftData, type DraftRaw, type EventDraft, short } from "@stage6/lane-contract";

/** Counts the attempts at each phase and ends what Case left open. */
export class Phases {
  readonly #attempts = new Map<string, number>();
  readonly #open = new Map<string, DraftRaw>();

  start(phase: string, raw: DraftRaw): readonly EventDraft[] {
    const unclosed = this.#open.has(phase) ? this.#unclosed(phase) : [];
    const attempt = (this.#attempts.get(phase) ?? 0) + 1;
    this.#attempts.set(phase, attempt);
    this.#open.set(phase, raw);
    return [...unclosed, { type: "phase.started", raw, data: { phase: short(phase, 64), attempt } }];
  }

  /** Null when no such phase is open. */
  end(
    phase: string,
    outcome: DraftData<"phase.ended">["outcome"],
    durationMs: number,
    raw: DraftRaw,
  ): readonly EventDraft[] | null {
    if (!this.#open.delete(phase)) return null;
    return [{ type: "phase.ended", raw, data: { ...this.#named(phase), outcome, durationMs } }];
  }

  /** Ends every phase that Case never ended. */
  closeAll(): readonly EventDraft[] {
    return [...this.#open.keys()].flatMap((phase) => this.#unclosed(phase));
  }

  #unclosed(phase: string): readonly EventDraft[] {
    const raw = this.#open.get(phase);
    if (raw === undefined) return [];
    this.#open.delete(phase);
    return [{ type: "phase.ended", raw, data: { ...this.#named(phase), outcome: "unclosed" } }];
  }

  #named(phase: string): { readonly phase: string; readonly attempt: number } {
    return { phase: short(phase, 64), attempt: this.#attempts.get(phase) ?? 1 };
  }
}
