import { performance } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { createContext, Script } from "node:vm";
import { FUZZ_TARGETS } from "./fuzz-targets.ts";
import { Random } from "./random.ts";

/** What a fuzz run found. */
export interface FuzzResult {
  readonly inputs: number;
  /** Name of the target and message of what it threw, the first few. */
  readonly failures: readonly string[];
  /** Longest single input, milliseconds of this process's processor time. */
  readonly slowestMs: number;
  /** Live heap after each tenth of the run, collected first, megabytes. */
  readonly heapMb: readonly number[];
  /** Growth of the live heap from the first tenth of the run to its end, megabytes. */
  readonly grownMb: number;
}

/** Most processor time that one input may take, milliseconds: a reader that needs more for a few kilobytes hangs on more. */
export const INPUT_BUDGET_MS = 2000;
/** Most the live heap may grow over a run of any length, megabytes. */
export const GROWTH_BUDGET_MB = 8;

const MAX_FAILURES = 20;
const BLOCKS = 10;

/** Feeds `count` seeded inputs to every target in turn. */
export function fuzz(seed: number, count: number): FuzzResult {
  const random = new Random(seed);
  const collect = collector();
  const failures: string[] = [];
  const heapMb: number[] = [];
  let slowestMs = 0;
  for (let block = 0; block < BLOCKS; block += 1) {
    const end = Math.floor((count * (block + 1)) / BLOCKS);
    for (let at = Math.floor((count * block) / BLOCKS); at < end; at += 1) {
      const target = FUZZ_TARGETS[at % FUZZ_TARGETS.length];
      const started = performance.now();
      const used = process.cpuUsage();
      try {
        target?.run(random);
      } catch (error) {
        if (failures.length < MAX_FAILURES) failures.push(`${target?.name} (input ${at}): ${String(error)}`);
      }
      // The wall clock is asked first: a busy machine makes every input look slow, and few are.
      if (performance.now() - started > slowestMs) slowestMs = Math.max(slowestMs, millis(used));
    }
    collect();
    heapMb.push(Math.round(process.memoryUsage().heapUsed / 1e5) / 10);
  }
  const grownMb = Math.round(((heapMb.at(-1) ?? 0) - (heapMb[0] ?? 0)) * 10) / 10;
  return { inputs: count, failures, slowestMs: Math.round(slowestMs), heapMb, grownMb };
}

function millis(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** The collector, whether or not the program was started with `--expose-gc`: a context made after the flag is set has it. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  const context = createContext();
  const script = new Script("gc()");
  return () => void script.runInContext(context);
}
