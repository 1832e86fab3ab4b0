// Compares the documents of 1,000 and of 10,000 bundles, each in its own process: time has to grow with the bundles, memory not faster.
import { execFileSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { compare, DEFAULT_POLICY, type CompareInput } from "@stage6/comparator";
import { benchDocuments } from "./compare-documents.ts";

/** What the benchmark found; times are the best of the rounds, milliseconds; memory is what stays after a comparison. */
export interface CompareBench {
  readonly name: "compare";
  readonly bundles: number;
  /** Time for ten times the bundles over the time for the tenth; linear is 10, the goal is 9 to 11. */
  readonly ratio: number;
  readonly smallMs: number;
  readonly largeMs: number;
  /** Heap that is still held once a comparison is dropped, per bundle, kilobytes; 0 is flat. */
  readonly smallKbPerBundle: number;
  readonly largeKbPerBundle: number;
}

interface Side {
  readonly ms: number;
  readonly kbPerBundle: number;
}

function runSide(bundles: number): Side {
  const input: CompareInput = { ...benchDocuments(bundles), policy: DEFAULT_POLICY };
  let best = Number.POSITIVE_INFINITY;
  let kept = 0;
  // The small side is repeated as often as it is smaller: a warm program is compared with a warm one.
  const rounds = Math.max(4, Math.ceil(20_000 / bundles));
  for (let round = 0; round < rounds; round += 1) {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    const started = performance.now();
    const comparison = compare(input);
    best = Math.min(best, performance.now() - started);
    globalThis.gc?.();
    kept = (process.memoryUsage().heapUsed - before) / 1024;
    if (comparison.cells.length === 0) throw new Error("nothing was compared");
  }
  return { ms: best, kbPerBundle: Math.round((kept / bundles) * 10) / 10 };
}

function inChild(bundles: number): Side {
  const args = ["--expose-gc", ...process.execArgv, fileURLToPath(import.meta.url), String(bundles)];
  const result: unknown = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
  if (typeof result !== "object" || result === null || !("ms" in result) || !("kbPerBundle" in result))
    throw new Error("the child said nothing");
  return { ms: Number(result.ms), kbPerBundle: Number(result.kbPerBundle) };
}

/** Times both sizes, alternating, each round in fresh processes. */
export async function benchCompare(bundles = 10_000, rounds = 2): Promise<CompareBench> {
  const pairs = Array.from({ length: rounds }, () => ({
    small: inChild(bundles / 10),
    large: inChild(bundles),
  }));
  const smallMs = Math.min(...pairs.map(({ small }) => small.ms));
  const largeMs = Math.min(...pairs.map(({ large }) => large.ms));
  return {
    name: "compare",
    bundles,
    ratio: Math.round((largeMs / smallMs) * 100) / 100,
    smallMs: Math.round(smallMs),
    largeMs: Math.round(largeMs),
    smallKbPerBundle: Math.max(...pairs.map(({ small }) => small.kbPerBundle)),
    largeKbPerBundle: Math.max(...pairs.map(({ large }) => large.kbPerBundle)),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [bundles] = process.argv.slice(2);
  if (bundles === undefined) process.stdout.write(`${JSON.stringify(await benchCompare())}\n`);
  else process.stdout.write(JSON.stringify(runSide(Number(bundles))));
}
