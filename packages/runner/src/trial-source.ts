import type { Observation, TrialRef } from "@stage6/evidence-interface";
import type { TrialArtifacts } from "./trial-artifacts.ts";
import type { CheckSource, SourceState } from "./source-check.ts";

/** The source of a trial's backend as it stood before and after, for whoever asked to look at it. */
export class TrialSource {
  readonly #check: CheckSource | undefined;
  readonly #trial: TrialRef;
  readonly #artifacts: TrialArtifacts;
  #before: SourceState | null = null;
  #after: SourceState | null = null;

  constructor(check: CheckSource | undefined, trial: TrialRef, artifacts: TrialArtifacts) {
    this.#check = check;
    this.#trial = trial;
    this.#artifacts = artifacts;
  }

  /** Looks before the backend is started; why it must not be, or null. */
  async lookBefore(): Promise<SourceState["refusal"]> {
    this.#before = await this.#look("before");
    return this.#before?.refusal ?? null;
  }

  /** Looks when the backend is gone. */
  async lookAfter(): Promise<void> {
    this.#after = await this.#look("after");
  }

  async #look(when: "before" | "after"): Promise<SourceState | null> {
    const state = (await this.#check?.(when, this.#trial)) ?? null;
    if (state !== null) await this.#artifacts.write(`source-${when}.json`, state.document);
    return state;
  }

  /** The source as one more protected tree; none when nobody asked. A source that was not looked at again is not known to be unchanged. */
  protectedTrees(): Observation["protected"] {
    if (this.#before === null) return [];
    return [
      { name: "source", kind: "tree", before: this.#before.digest, after: this.#after?.digest ?? null },
    ];
  }
}
