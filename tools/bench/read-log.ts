// One side of the benchmark in a process of its own: read-log <side> <bundle> <lines>.
import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { EVENT_SCHEMAS, EVENT_TYPES, type EventType } from "@stage6/evidence-interface";
import { readBundle } from "@stage6/evidence-interface/fs";
import { testKeys } from "@stage6/evidence-interface/testing";
import { Ajv2020 } from "ajv/dist/2020.js";
import { z } from "zod";

/** What may read the log: JSON.parse per line alone, with one SHA-256 (the floor), our whole check of the bundle, or the floor with a round trip and a foreign schema check. */
type Side = "parse" | "floor" | "check" | "ajv" | "zod";
type Fits = (type: string, value: unknown) => boolean;

const CHUNK = 256 * 1024;

function readAll(path: string, onChunk: (chunk: Buffer) => void): void {
  const file = openSync(path, "r");
  const buffer = Buffer.allocUnsafe(CHUNK);
  for (let size = readSync(file, buffer); size > 0; size = readSync(file, buffer))
    onChunk(buffer.subarray(0, size));
  closeSync(file);
}

function eachLine(path: string, onLine: (text: string) => void, hashed = true): void {
  const hash = createHash("sha256");
  let tail = Buffer.alloc(0);
  readAll(path, (chunk) => {
    if (hashed) hash.update(chunk);
    const bytes = Buffer.concat([tail, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      onLine(bytes.toString("utf8", start, end));
      start = end + 1;
    }
    tail = Buffer.from(bytes.subarray(start));
  });
  hash.digest();
}

function ajvFits(): Fits {
  const ajv = new Ajv2020({ strict: true });
  const checks = new Map(EVENT_TYPES.map((type) => [type as string, ajv.compile(EVENT_SCHEMAS[type])]));
  return (type, value) => checks.get(type)?.(value) === true;
}

function zodFits(): Fits {
  const schemaOf = (type: EventType): z.ZodType =>
    z.fromJSONSchema(EVENT_SCHEMAS[type] as unknown as z.core.JSONSchema.JSONSchema);
  const checks = new Map(EVENT_TYPES.map((type) => [type as string, schemaOf(type)]));
  return (type, value) => checks.get(type)?.safeParse(value).success === true;
}

function countWith(path: string, fits: Fits): number {
  let count = 0;
  eachLine(path, (text) => {
    const value: unknown = JSON.parse(text);
    const named = typeof value === "object" && value !== null && "type" in value && String(value.type);
    if (JSON.stringify(value) === text && named !== false && fits(named, value)) count += 1;
  });
  return count;
}

async function countEvents(side: Side, folder: string): Promise<number> {
  const path = join(folder, "events.jsonl");
  if (side === "ajv") return countWith(path, ajvFits());
  if (side === "zod") return countWith(path, zodFits());
  if (side === "check") {
    const { findings, manifest } = await readBundle(folder, { trusted: testKeys().trusted });
    return findings.length === 0 ? (manifest?.events.count ?? 0) : 0;
  }
  let lines = 0;
  const parse = (text: string): void => {
    const value: unknown = JSON.parse(text);
    if (value !== null) lines += 1;
  };
  eachLine(path, parse, side === "floor");
  return lines;
}

/** Highest resident size of this program alone: `maxRSS` would count the parent that was forked. */
function peakMb(): number {
  const kilobytes = /^VmHWM:\s*([0-9]+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}

const [side, folder = "", expected] = process.argv.slice(2);
if (side !== "parse" && side !== "floor" && side !== "check" && side !== "ajv" && side !== "zod")
  throw new TypeError("read-log <parse|floor|check|ajv|zod> <bundle> <lines>");
const started = performance.now();
const events = await countEvents(side, folder);
const ms = Math.round(performance.now() - started);
if (String(events) !== expected) throw new Error(`${side} read ${events} events, not ${expected}`);
process.stdout.write(JSON.stringify({ ms, peakMb: peakMb() }));
