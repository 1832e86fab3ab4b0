// Times the check of a bundle with a million events against its floor, and other schema libraries in place of ours.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { writeLongBundle } from "./write-long-bundle.ts";

const SIDES = ["parse", "floor", "check", "ajv", "zod"] as const;
type Side = (typeof SIDES)[number];

/** One side of the benchmark: best time of the rounds, milliseconds; that over the floor; highest peak resident size, megabytes. */
export interface SideBench {
  readonly ms: number;
  readonly ratio: number;
  readonly peakMb: number;
}

/**
 * What the benchmark found. `parse` is JSON.parse per line, `floor` the same and one SHA-256 over the file. `check` reads the whole bundle: strict
 * bytes, schema, order, pairs, checkpoints, Merkle tree, signature, derived report; the goal is at most 2 times the floor and 150 MB. `ajv` and
 * `zod` do less: the floor, a round trip, and the schema by type.
 */
export interface EventLogBench {
  readonly name: "event-log";
  readonly events: number;
  readonly megabytes: number;
  readonly sides: Readonly<Record<Side, SideBench>>;
  /** Peak resident size of the check by the number of claims in the log, megabytes. */
  readonly peaks: readonly { readonly claims: number; readonly peakMb: number }[];
}

/** Times every side, alternating, each round in a fresh process on bundled code (a loader's memory is not ours). */
export async function benchEventLog(events = 1_000_000, rounds = 3): Promise<EventLogBench> {
  const folder = mkdtempSync(join(tmpdir(), "stage6-bench-"));
  try {
    const bundle = await writeLongBundle(folder, events);
    const path = join(bundle, "events.jsonl");
    const lines = String(newlines(path));
    const program = join(folder, "read-log.mjs");
    await build({
      entryPoints: [fileURLToPath(new URL("read-log.ts", import.meta.url))],
      outfile: program,
      bundle: true,
      platform: "node",
      format: "esm",
      conditions: ["@stage6/source"],
      banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
      logLevel: "error",
    });
    const runs = Array.from({ length: rounds }, () =>
      SIDES.map((side) => [side, inChild([program, side, bundle, lines])] as const),
    ).flat();
    const of = (side: Side) => runs.filter(([name]) => name === side).map(([, run]) => run);
    const best = (side: Side) => Math.min(...of(side).map((run) => run.ms));
    const result = (side: Side): SideBench => ({
      ms: best(side),
      ratio: Math.round((best(side) / best("floor")) * 100) / 100,
      peakMb: Math.max(...of(side).map((run) => run.peakMb)),
    });
    const peaks = [];
    for (const claims of [10_000, 100_000]) {
      const shorter = await writeLongBundle(join(folder, `of-${claims}`), claims);
      const args = [program, "check", shorter, String(newlines(join(shorter, "events.jsonl")))];
      peaks.push({ claims, peakMb: inChild(args).peakMb });
    }
    peaks.push({ claims: events, peakMb: result("check").peakMb });
    return {
      name: "event-log",
      events,
      megabytes: Math.round(statSync(path).size / 1e6),
      sides: {
        parse: result("parse"),
        floor: result("floor"),
        check: result("check"),
        ajv: result("ajv"),
        zod: result("zod"),
      },
      peaks,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function newlines(path: string): number {
  let count = 0;
  for (const byte of readFileSync(path)) if (byte === 10) count += 1;
  return count;
}

function inChild(args: readonly string[]): { readonly ms: number; readonly peakMb: number } {
  const result: unknown = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
  if (typeof result !== "object" || result === null || !("ms" in result) || !("peakMb" in result))
    throw new Error("the child said nothing");
  return { ms: Number(result.ms), peakMb: Number(result.peakMb) };
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(`${JSON.stringify(await benchEventLog())}\n`);
