import { randomUUID } from "node:crypto";
import { realpath } from "node:fs/promises";
import type { EndedBy } from "@stage6/evidence-interface";
import { BoundsError } from "../bounds-error.ts";
import { captureStream, type Capture, type CaptureHooks } from "./capture-stream.ts";
import type { Survivor } from "./find-survivors.ts";
import { folderBytes } from "./folder-bytes.ts";
import { openOutputs, type Outputs } from "./open-outputs.ts";
import type { ProcessEnd, ProcessSpec } from "./process-spec.ts";
import { knownProcesses, processTable } from "./process-table.ts";
import { prepareEnding } from "./run-ending.ts";
import { startChild, type StartedChild } from "./start-child.ts";
import { sweepSurvivors } from "./sweep-survivors.ts";
import { watchLimits } from "./watch-limits.ts";
import { watchUsage } from "./watch-usage.ts";
import { within } from "./within.ts";

/** How long nothing may arrive after the exit before the rest is given up; at most so many times. */
const DRAIN_MS = 1000;
const DRAIN_ROUNDS = 10;

/**
 * Runs one process in its own group within limits and sweeps up what outlives it. Always settles: it waits for exit
 * and never for the end of a pipe, which a survivor may hold. Throws {@link BoundsError} `OUTPUT_UNWRITABLE` when an
 * output file cannot be made or written, `OBSERVER_FAILED` when `onChunk` throws, `PROCESSES_UNKNOWN` when nobody can
 * tell which processes are left; the process has been ended then.
 */
export async function superviseProcess(spec: ProcessSpec): Promise<ProcessEnd> {
  const known = await knownProcesses();
  const ownDirs = await realDirs([spec.cwd, ...(spec.ownDirs ?? [])]);
  const diskBefore =
    spec.limits.diskBytes === undefined ? 0 : await folderBytes(outermost(ownDirs), Number.POSITIVE_INFINITY);
  const outputs = await openOutputs(spec.stdoutFile, spec.stderrFile);
  try {
    if (spec.signal?.aborted === true) return notStarted("interrupt", null);
    const marker = spec.marker ?? randomUUID();
    const child = await startChild(spec, marker);
    if (child instanceof Error) return notStarted("spawn-failure", child);
    return await supervise(spec, child, { outputs, ownDirs, diskBefore }, (channels) =>
      sweepSurvivors({ group: child.pid, marker, channels, ownDirs, harnessPid: process.pid }, known),
    );
  } finally {
    await outputs.close();
  }
}

/** Where one run puts its output, and the folders that are its own. */
interface RunPlaces {
  readonly outputs: Outputs;
  readonly ownDirs: readonly string[];
  readonly diskBefore: number;
}

async function supervise(
  spec: ProcessSpec,
  child: StartedChild,
  { outputs, ownDirs, diskBefore }: RunPlaces,
  sweep: (channels: readonly string[]) => Promise<readonly Survivor[]>,
): Promise<ProcessEnd> {
  const began = performance.now();
  let lastOutput = began;
  const ending = prepareEnding(child.pid, spec.graceMs);
  const hooks = (stream: "stdout" | "stderr"): CaptureHooks => ({
    onChunk: (chunk) => {
      lastOutput = performance.now();
      observe(spec, stream, chunk);
    },
    onLimit: ending.end,
    onFailure: ending.fail,
  });
  const stdout = captureStream(child.stdout, outputs.stdout, spec.limits, hooks("stdout"));
  const stderr = captureStream(child.stderr, outputs.stderr, spec.limits, hooks("stderr"));
  const stopWatching = watchLimits({
    totalMs: spec.limits.totalMs,
    idleMs: spec.limits.idleMs,
    idleFor: () => Math.min(performance.now() - lastOutput, Date.now() - (spec.activity?.() ?? 0)),
    interrupt: spec.signal,
    requestLimit: spec.requestLimit,
    toolLimit: spec.toolLimit,
    onEnd: ending.end,
  });
  const { memoryBytes, diskBytes } = spec.limits;
  const folders = outermost(ownDirs);
  const usage = watchUsage({
    pid: child.pid,
    folders,
    diskBefore,
    memoryBytes,
    diskBytes,
    ranOutOfMemory: spec.ranOutOfMemory,
    onEnd: ending.end,
  });
  const channels = await processTable.outputsOf(child.pid);

  const exit = await Promise.race([child.exited, ending.lost]);
  const durationMs = Math.round(performance.now() - began);
  stopWatching();
  await usage.stop();
  ending.settle();

  let survivors: readonly Survivor[];
  try {
    await drain([stdout, stderr]);
    survivors = await sweep(channels);
    await drain([stdout, stderr]);
  } finally {
    await Promise.all([stdout.stop(), stderr.stop()]);
    child.process.stdin?.destroy();
    child.channel?.destroy();
    child.process.unref();
  }
  const failure = ending.failure();
  if (failure !== null) throw failure;
  return {
    exitCode: exit?.code ?? null,
    signal: exit?.signal ?? null,
    endedBy: ending.reason() ?? "exit",
    durationMs,
    stdoutBytes: stdout.bytes(),
    stderrBytes: stderr.bytes(),
    survivors,
    peak: usage.peak(),
    spawnError: null,
  };
}

/** Waits for the rest of the output as long as some still arrives: a held pipe brings none, a slow disk does. */
async function drain(captures: readonly Capture[]): Promise<void> {
  const done = Promise.all(captures.map((capture) => capture.done));
  const bytes = (): number => captures.reduce((sum, capture) => sum + capture.bytes(), 0);
  for (let round = 0; round < DRAIN_ROUNDS; round += 1) {
    const before = bytes();
    if ((await within(done, DRAIN_MS)) !== null || bytes() === before) return;
  }
}

function observe(spec: ProcessSpec, stream: "stdout" | "stderr", chunk: Uint8Array): void {
  try {
    spec.onChunk?.(stream, chunk);
  } catch (error) {
    throw new BoundsError("OBSERVER_FAILED", `the observer of ${stream} threw`, error);
  }
}

function notStarted(endedBy: EndedBy, error: Error | null): ProcessEnd {
  const code = error !== null && "code" in error && typeof error.code === "string" ? error.code : "UNKNOWN";
  return {
    exitCode: null,
    signal: null,
    endedBy,
    durationMs: 0,
    stdoutBytes: 0,
    stderrBytes: 0,
    survivors: [],
    peak: { memoryBytes: null, diskBytes: null },
    spawnError: error === null ? null : { code, message: error.message },
  };
}

/** Folders without those that lie in another one, which would be counted twice. */
function outermost(dirs: readonly string[]): string[] {
  const each = [...new Set(dirs)];
  return each.filter((dir) => !each.some((other) => dir.startsWith(`${other}/`)));
}

/** Directories as `/proc` spells them. The file system's root is never a run's own. */
async function realDirs(dirs: readonly string[]): Promise<readonly string[]> {
  const real = await Promise.all(dirs.map((dir) => realpath(dir).catch(() => dir)));
  return real.filter((dir) => dir !== "/");
}
