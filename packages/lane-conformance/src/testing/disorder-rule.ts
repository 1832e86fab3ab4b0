import type { Lane } from "@stage6/lane-contract";
import type { LaneSample } from "../lane-sample.ts";
import { type Disorder, disordered, linesOf } from "./disorder.ts";
import { passesOtherwise, samplePasses } from "./passes-otherwise.ts";

const DOES = ["cut", "move", "swap", "double", "reverse"] as const;
/** Numbers that one change is made of. */
const OF_ONE = 5;
const MOST_LINES = 12;

/**
 * The rule about cut and reordered streams, over the samples of one lane: what says anything else than the whole sample
 * never passes. Samples whose name ends in `/parallel` hold calls that ran side by side, and no witness orders those;
 * `lateEnds` names the tools of a sample whose ends no witness orders either.
 */
export class DisorderRule {
  /** Names of the samples that pass as they are; without any the rule would hold by itself. */
  readonly passing: readonly string[];
  readonly #lane: Lane;
  readonly #samples: readonly LaneSample[];
  readonly #lateEnds: (sample: LaneSample) => readonly string[];

  constructor(
    lane: Lane,
    samples: readonly LaneSample[],
    lateEnds: (sample: LaneSample) => readonly string[] = () => [],
  ) {
    this.#lateEnds = lateEnds;
    this.#lane = lane;
    this.#samples = samples;
    this.passing = samples.filter((one) => samplePasses(lane, one)).map(({ name }) => name);
  }

  /** What breaks the rule after the changes that these numbers stand for, one sample first; null when nothing does. */
  broken(numbers: readonly number[]): string | null {
    const [first = 0, ...rest] = numbers;
    const whole = this.#samples[first % this.#samples.length];
    if (whole === undefined) return "there is no sample";
    const streams = Object.keys(whole.streams);
    const changes: Disorder[] = [];
    for (let at = 0; at + OF_ONE <= rest.length; at += OF_ONE) {
      const [does = 0, stream = 0, from = 0, to = 0, lines = 0] = rest.slice(at, at + OF_ONE);
      changes.push({
        does: DOES[does % DOES.length] ?? "cut",
        stream: streams[stream % streams.length] ?? "",
        from,
        to,
        lines: 1 + (lines % MOST_LINES),
      });
    }
    return this.#check(whole, changes);
  }

  /** What breaks the rule when one line is swapped with, moved to or doubled at a place at most `reach` lines away. */
  brokenByOneLine(reach: number): readonly string[] {
    const found: string[] = [];
    for (const whole of this.#samples)
      for (const [stream, bytes] of Object.entries(whole.streams)) {
        const count = linesOf(bytes).length;
        for (let from = 0; from < count; from += 1)
          for (let to = Math.max(0, from - reach); to < Math.min(count, from + reach + 1); to += 1)
            for (const does of ["swap", "move", "double"] as const) {
              const one = this.#check(whole, [{ does, stream, from, to, lines: 1 }]);
              if (one !== null) found.push(one);
            }
      }
    return found;
  }

  #check(whole: LaneSample, changes: readonly Disorder[]): string | null {
    const unordered = { sideBySide: whole.name.endsWith("/parallel"), lateEnds: this.#lateEnds(whole) };
    const found = passesOtherwise(this.#lane, whole, disordered(whole, changes), unordered);
    return found === null ? null : `${JSON.stringify(changes)}: ${found}`;
  }
}
