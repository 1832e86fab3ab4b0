import { BoundsError } from "../bounds-error.ts";
import { procTable } from "./proc-table.ts";
import { createPsTable } from "./ps-table.ts";
import { within } from "./within.ts";

/** One living process of the harness's own user. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Start time in the table's own spelling: with the pid it names one process even after the pid is used again. */
  readonly start: string;
  /** Command line, arguments separated by spaces, at most 256 characters. */
  readonly command: string;
  /** Text that holds the whole environment, empty when it cannot be read. */
  readonly environment: string;
  /** Working directory, null when it cannot be read. */
  readonly cwd: string | null;
  /** Pipes and sockets the process holds open, as the kernel names them. */
  readonly channels: readonly string[];
}

/** How this platform tells which processes are alive. */
export interface ProcessTable {
  /** Keys ({@link processKey}) of every process alive now. */
  readonly keys: () => Promise<ReadonlySet<string>>;
  /** Living processes of the harness's own user that are not in `known`, zombies left out. */
  readonly rowsExcept: (known: ReadonlySet<string>) => Promise<readonly ProcessRow[]>;
  /** What one process's output and error streams are connected to; empty when that cannot be told. */
  readonly outputsOf: (pid: number) => Promise<readonly string[]>;
  /**
   * Resident bytes of a process, its group and the descendants of both, pages that they share counted for each. One that
   * left its group and whose parents have ended is not found; null when nothing can be told.
   */
  readonly memoryOf: (pid: number) => Promise<number | null>;
}

/** Name of one process for its whole life. */
export function processKey(row: { readonly pid: number; readonly start: string }): string {
  return `${row.pid}:${row.start}`;
}

const LIST_MS = 15_000;

/** The table of this platform: `/proc` on Linux, `ps` elsewhere. */
export const processTable: ProcessTable =
  process.platform === "linux" ? procTable : createPsTable(["-axwwE"]);

/** Keys of every process alive now; throws {@link BoundsError} `PROCESSES_UNKNOWN` when they cannot be listed. */
export function knownProcesses(): Promise<ReadonlySet<string>> {
  return listed(processTable.keys());
}

/** Rows of processes not in `known`; throws {@link BoundsError} `PROCESSES_UNKNOWN` when they cannot be listed. */
export function newProcesses(known: ReadonlySet<string>): Promise<readonly ProcessRow[]> {
  return listed(processTable.rowsExcept(known));
}

/** An empty list would say that nothing is left, so a list that fails or never comes is an error. */
async function listed<T>(work: Promise<T>): Promise<T> {
  const found = await within(work, LIST_MS).catch((error: unknown) => {
    throw new BoundsError("PROCESSES_UNKNOWN", "cannot list the processes of this machine", error);
  });
  if (found === null)
    throw new BoundsError("PROCESSES_UNKNOWN", "listing the processes of this machine took too long");
  return found;
}
