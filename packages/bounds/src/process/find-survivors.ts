import type { ProcessRow } from "./process-table.ts";

/** Which tie proves that a process belongs to the run. */
export type SurvivorTie = "group" | "marker" | "channel" | "cwd";

/** A process of the run that outlived its main process. */
export interface Survivor {
  readonly pid: number;
  /** Command line, at most 256 characters; it may be written by the process itself. */
  readonly command: string;
  readonly how: SurvivorTie;
}

/** What ties a process to one run. */
export interface RunTies {
  /** Process group of the run, which is the pid of its main process. */
  readonly group: number;
  /** Random text in the environment of the main process. */
  readonly marker: string;
  /** What the main process's output and error streams went to, as far as known. */
  readonly channels: readonly string[];
  /** Real paths of directories that belong to this run alone. */
  readonly ownDirs: readonly string[];
  /** The harness itself. */
  readonly harnessPid: number;
}

/**
 * Processes started since the run began that provably belong to it. Being new and of the same user is not proof:
 * other work of the same user runs on the machine, so such a process is neither reported nor ended.
 */
export function findSurvivors(
  rows: readonly ProcessRow[],
  ties: RunTies,
): readonly (Survivor & { readonly start: string })[] {
  const parents = new Map(rows.map(({ pid, parent }) => [pid, parent]));
  return rows.flatMap((row) => {
    const how = tieOf(row, ties, parents);
    return how === null ? [] : [{ pid: row.pid, start: row.start, command: row.command, how }];
  });
}

function tieOf(row: ProcessRow, ties: RunTies, parents: ReadonlyMap<number, number>): SurvivorTie | null {
  if (row.pid === ties.harnessPid) return null;
  if (row.group === ties.group) return "group";
  if (row.environment.includes(ties.marker)) return "marker";
  if (row.channels.some((channel) => ties.channels.includes(channel))) return "channel";
  // The harness's own helpers may work in the same directories.
  if (
    row.cwd !== null &&
    ties.ownDirs.some((dir) => isWithin(row.cwd ?? "", dir)) &&
    !isHelper(row, ties, parents)
  )
    return "cwd";
  return null;
}

function isWithin(path: string, dir: string): boolean {
  const plain = path.replace(/ \(deleted\)$/u, "");
  return plain === dir || plain.startsWith(`${dir}/`);
}

function isHelper(row: ProcessRow, { harnessPid }: RunTies, parents: ReadonlyMap<number, number>): boolean {
  // As process 1 of a container the harness inherits every orphan, so descent from it means nothing.
  if (harnessPid === 1) return false;
  let pid: number | undefined = row.parent;
  for (let steps = 0; pid !== undefined && steps < 64; steps += 1) {
    if (pid === harnessPid) return true;
    pid = parents.get(pid);
  }
  return false;
}
