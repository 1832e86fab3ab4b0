import { performance } from "node:perf_hooks";
import { FUZZ_TARGETS } from "./fuzz-targets.ts";
import { Random } from "./random.ts";

/** What a fuzz run found. */
export interface FuzzResult {
  readonly inputs: number;
  /** Name of the target and message of what it threw, the first few. */
  readonly failures: readonly string[];
  /** Longest single input, milliseconds. */
  readonly slowestMs: number;
  /** Growth of the live heap from the first tenth of the run to its end, megabytes. */
  readonly grownMb: number;
}

const MAX_FAILURES = 20;

/** Feeds `count` seeded inputs to every target in turn. */
export function fuzz(seed: number, count: number): FuzzResult {
  const random = new Random(seed);
  const failures: string[] = [];
  let slowestMs = 0;
  let early = 0;
  for (let at = 0; at < count; at += 1) {
    const target = FUZZ_TARGETS[at % FUZZ_TARGETS.length];
    if (at === Math.floor(count / 10)) early = heap();
    const started = performance.now();
    try {
      target?.run(random);
    } catch (error) {
      if (failures.length < MAX_FAILURES) failures.push(`${target?.name} (input ${at}): ${String(error)}`);
    }
    slowestMs = Math.max(slowestMs, performance.now() - started);
  }
  return { inputs: count, failures, slowestMs: Math.round(slowestMs), grownMb: heap() - early };
}

function heap(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 1e6);
}
