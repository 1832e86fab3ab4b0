/** One requirement of the stage, and the tests that have to name it. */
export interface Requirement {
  readonly id: string;
  /** What it asks for, in short. */
  readonly text: string;
  /** Requirements whose tests prove this one as well. */
  readonly by?: readonly string[];
  /** Codes of refusals, each of which a test has to name; `A|B` is met by either. */
  readonly codes?: readonly string[];
  /** Fewest tests that name a refusal; the number of `codes` when left out. */
  readonly refusals?: number;
}
