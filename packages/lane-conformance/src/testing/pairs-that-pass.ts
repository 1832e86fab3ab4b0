import type { Lane } from "@stage6/lane-contract";
import type { LaneSample } from "../lane-sample.ts";
import { type Disorder, disordered, linesOf } from "./disorder.ts";
import { passesOtherwise } from "./passes-otherwise.ts";

/**
 * Every line of a sample swapped with, moved to and doubled at every place at most `reach` lines further, either way: what
 * passes and says something else, see `passesOtherwise`.
 */
export function pairsThatPass(
  lane: Lane,
  whole: LaneSample,
  reach: number,
  sideBySide = false,
): readonly string[] {
  const found: string[] = [];
  for (const [stream, bytes] of Object.entries(whole.streams)) {
    const count = linesOf(bytes).length;
    for (let from = 0; from < count; from += 1)
      for (let to = Math.max(0, from - reach); to < Math.min(count, from + reach + 1); to += 1)
        for (const does of ["swap", "move", "double"] as const) {
          const change: Disorder = { does, stream, from, to, lines: 1 };
          const one = passesOtherwise(lane, whole, disordered(whole, [change]), sideBySide);
          if (one !== null) found.push(`${does} ${stream} ${from} ${to}: ${one}`);
        }
  }
  return found;
}
