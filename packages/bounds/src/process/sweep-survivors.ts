import { findSurvivors, type RunTies, type Survivor } from "./find-survivors.ts";
import { newProcesses, processKey } from "./process-table.ts";
import { pause } from "./within.ts";

/** Pauses in which a process that is just leaving may do so, ms. */
const LEAVING_MS = [5, 10, 20, 30, 35];
const SETTLE_MS = 100;
const ROUNDS = 10;

/**
 * Ends every process that provably belongs to the run and is still alive, by pid, and reports each. Those that are
 * just leaving get a moment to do so; several rounds catch what a survivor starts while it is ended. Throws
 * `PROCESSES_UNKNOWN` when the processes cannot be listed.
 */
export async function sweepSurvivors(
  ties: RunTies,
  known: ReadonlySet<string>,
): Promise<readonly Survivor[]> {
  for (const ms of LEAVING_MS) {
    if ((await alive(ties, known)).length === 0) return [];
    await pause(ms);
  }
  const seen = new Map<string, Survivor>();
  for (let round = 0; round < ROUNDS; round += 1) {
    // Listed anew each round: the start time is checked again just before the signal, so a pid used again is safe.
    const found = await alive(ties, known);
    if (found.length === 0) break;
    for (const { start, ...survivor } of found) {
      const key = processKey({ pid: survivor.pid, start });
      if (!seen.has(key)) seen.set(key, survivor);
      kill(survivor.pid);
    }
    await pause(SETTLE_MS);
  }
  return [...seen.values()];
}

async function alive(ties: RunTies, known: ReadonlySet<string>): Promise<ReturnType<typeof findSurvivors>> {
  return findSurvivors(await newProcesses(known), ties);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself in between.
  }
}
