// Reads a log of a million events twice: checked by EventLogChecker, and with JSON.parse alone. Each side in its own process.
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { EventLogChecker, EventLogWriter } from "@stage6/evidence-interface";

/** What the benchmark found; times are the best of the rounds, in milliseconds, memory is peak resident size in megabytes. */
export interface EventLogBench {
  readonly name: "event-log";
  readonly events: number;
  readonly megabytes: number;
  /** Checker's time over the time of JSON.parse; the goal is at most 3. */
  readonly ratio: number;
  readonly checkMs: number;
  readonly parseMs: number;
  readonly checkPeakMb: number;
  readonly parsePeakMb: number;
}

interface Side {
  readonly ms: number;
  readonly peakMb: number;
}

const TS = "2026-01-01T00:00:00.000Z";
const RAW = "artifacts/stdout.raw";

/** Writes a log of about `events` events (4 in 5 are tool calls and messages) and returns its path. */
function writeLog(folder: string, events: number): string {
  const path = join(folder, "events.jsonl");
  const file = openSync(path, "wx");
  const writer = new EventLogWriter();
  let parts: Uint8Array[] = [];
  for (let at = 0; at < events; at++) {
    const stamp = { ts: TS, mono: at * 500 };
    const raw = { artifact: RAW, offset: at * 200, length: 190 };
    const call = `c${Math.floor(at / 4) + 1}`;
    if (at % 4 === 0)
      parts.push(
        writer.append(
          "tool.started",
          { raw, callId: call, tool: "shell", input: `npm test -- --run ${at} && git diff` },
          stamp,
        ),
      );
    else if (at % 4 === 1)
      parts.push(
        writer.append(
          "tool.ended",
          { raw, callId: call, status: "completed", exitCode: 0, reported: true },
          stamp,
        ),
      );
    else if (at % 4 === 2)
      parts.push(
        writer.append(
          "agent.messaged",
          { raw, kind: "reasoning", text: `Looking at step ${at} of the plan now.`, truncated: false },
          stamp,
        ),
      );
    else
      parts.push(
        writer.append(
          "usage.claimed",
          { raw, usage: { inputTokens: at, cachedInputTokens: 0, outputTokens: 12 } },
          stamp,
        ),
      );
    if (parts.length === 4096 || at === events - 1) {
      if (at === events - 1) parts.push(writer.end(stamp));
      writeSync(file, Buffer.concat(parts));
      parts = [];
    }
  }
  closeSync(file);
  return path;
}

function readAll(path: string, onChunk: (chunk: Buffer) => void): void {
  const file = openSync(path, "r");
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  for (let size = readSync(file, buffer); size > 0; size = readSync(file, buffer))
    onChunk(buffer.subarray(0, size));
  closeSync(file);
}

function parseAll(path: string): number {
  let tail = Buffer.alloc(0);
  let count = 0;
  readAll(path, (chunk) => {
    const bytes = Buffer.concat([tail, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      const value: unknown = JSON.parse(bytes.toString("utf8", start, end));
      if (value !== null) count += 1;
      start = end + 1;
    }
    tail = Buffer.from(bytes.subarray(start));
  });
  return count;
}

function checkAll(path: string): number {
  const checker = new EventLogChecker("events.jsonl");
  readAll(path, (chunk) => checker.push(chunk));
  return checker.end().count;
}

function runSide(side: "check" | "parse", path: string): Side {
  const started = performance.now();
  const count = side === "check" ? checkAll(path) : parseAll(path);
  const ms = performance.now() - started;
  if (count === 0) throw new Error("no event was read");
  return { ms: Math.round(ms), peakMb: Math.round(process.resourceUsage().maxRSS / 1024) };
}

function inChild(side: "check" | "parse", path: string): Side {
  const args = [...process.execArgv, fileURLToPath(import.meta.url), side, path];
  const result: unknown = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
  if (typeof result !== "object" || result === null || !("ms" in result) || !("peakMb" in result))
    throw new Error("the child said nothing");
  return { ms: Number(result.ms), peakMb: Number(result.peakMb) };
}

/** Times both sides, alternating, each round in fresh processes. */
export async function benchEventLog(events = 1_000_000, rounds = 3): Promise<EventLogBench> {
  const folder = mkdtempSync(join(tmpdir(), "stage6-bench-"));
  try {
    const path = writeLog(folder, events);
    const pairs = Array.from({ length: rounds }, () => ({
      parse: inChild("parse", path),
      check: inChild("check", path),
    }));
    const checkMs = Math.min(...pairs.map((pair) => pair.check.ms));
    const parseMs = Math.min(...pairs.map((pair) => pair.parse.ms));
    return {
      name: "event-log",
      events,
      megabytes: Math.round(statSync(path).size / 1e6),
      ratio: Math.round((checkMs / parseMs) * 100) / 100,
      checkMs,
      parseMs,
      checkPeakMb: Math.max(...pairs.map((pair) => pair.check.peakMb)),
      parsePeakMb: Math.max(...pairs.map((pair) => pair.parse.peakMb)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [side, path] = process.argv.slice(2);
  if ((side === "check" || side === "parse") && path !== undefined)
    process.stdout.write(JSON.stringify(runSide(side, path)));
  else process.stdout.write(`${JSON.stringify(await benchEventLog())}\n`);
}
