import { findSurvivors, type RunTies, type Survivor } from "./find-survivors.ts";
import { processKey, processTable } from "./process-table.ts";
import { pause, within } from "./within.ts";

const SETTLE_MS = 100;
const ROUNDS = 10;

/**
 * Ends every process that provably belongs to the run and is still alive, by pid, and reports each. Those that are
 * just leaving get {@link SETTLE_MS} to do so; several rounds catch what a survivor starts while it is ended.
 */
export async function sweepSurvivors(
  ties: RunTies,
  known: ReadonlySet<string>,
): Promise<readonly Survivor[]> {
  const seen = new Map<string, Survivor>();
  if ((await alive(ties, known)).length > 0) await pause(SETTLE_MS);
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
  // A process stuck in the kernel can block a look at its environment.
  const rows = await within(processTable.rowsExcept(known), 5000);
  return findSurvivors(rows ?? [], ties);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself in between.
  }
}
