import type { EndedBy } from "@stage6/evidence-interface";
import { folderBytes } from "./folder-bytes.ts";
import { processTable } from "./process-table.ts";

/** Pauses between looks, ms. A look at folders costs with their size, so the pause grows with what the last one took. */
const MEMORY_PAUSE_MS = 200;
const DISK_PAUSE_MS = 500;
const DISK_PAUSE_FACTOR = 5;

/** What of a run is watched, and what happens when it is too much. */
export interface UsageSpec {
  readonly pid: number;
  /** Folders whose growth counts. */
  readonly folders: readonly string[];
  /** Bytes they took up before the run. */
  readonly diskBefore: number;
  readonly memoryBytes: number | undefined;
  readonly diskBytes: number | undefined;
  /** Whether the kernel ended a process of the run for its memory. */
  readonly ranOutOfMemory: (() => Promise<boolean>) | undefined;
  readonly onEnd: (reason: EndedBy) => void;
}

/** Most that was seen, bytes; null for what nobody looked at. */
export interface PeakUsage {
  readonly memoryBytes: number | null;
  readonly diskBytes: number | null;
}

/** Looks at memory and disk again and again until `stop`, as far as they are limited. */
export function watchUsage(spec: UsageSpec): {
  /** Stops, after a last look at what the kernel ended. */
  readonly stop: () => Promise<void>;
  readonly peak: () => PeakUsage;
} {
  const peak = { memoryBytes: null as number | null, diskBytes: null as number | null };
  let stopped = false;
  const timers = new Set<NodeJS.Timeout>();
  const every = (pause: () => number, look: () => Promise<void>): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      void look()
        // A look that fails says nothing; the next one may.
        .catch(() => undefined)
        .then(() => (stopped ? undefined : every(pause, look)));
    }, pause());
    timers.add(timer);
  };
  const { memoryBytes, diskBytes } = spec;
  if (memoryBytes !== undefined)
    every(
      () => MEMORY_PAUSE_MS,
      async () => {
        const out = (await spec.ranOutOfMemory?.()) === true;
        const seen = await processTable.memoryOf(spec.pid);
        // What was used up is not only what the processes hold mapped.
        const now = out ? memoryBytes + 1 : seen;
        if (now === null || stopped) return;
        peak.memoryBytes = Math.max(peak.memoryBytes ?? 0, now);
        if (now > memoryBytes) spec.onEnd("memory-limit");
      },
    );
  let took = 0;
  if (diskBytes !== undefined)
    every(
      () => Math.max(DISK_PAUSE_MS, took * DISK_PAUSE_FACTOR),
      async () => {
        const began = performance.now();
        const now = await folderBytes(spec.folders, spec.diskBefore + diskBytes);
        took = performance.now() - began;
        if (stopped) return;
        const grown = Math.max(0, now - spec.diskBefore);
        peak.diskBytes = Math.max(peak.diskBytes ?? 0, grown);
        if (grown > diskBytes) spec.onEnd("disk-limit");
      },
    );
  return {
    stop: async () => {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      if (memoryBytes === undefined || (await spec.ranOutOfMemory?.()) !== true) return;
      peak.memoryBytes = Math.max(peak.memoryBytes ?? 0, memoryBytes + 1);
      spec.onEnd("memory-limit");
    },
    peak: () => ({ ...peak }),
  };
}
