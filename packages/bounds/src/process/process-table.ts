import { procTable } from "./proc-table.ts";
import { createPsTable } from "./ps-table.ts";

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
  /** What one process's standard output is connected to, null when that cannot be told. */
  readonly stdoutOf: (pid: number) => Promise<string | null>;
}

/** Name of one process for its whole life. */
export function processKey(row: { readonly pid: number; readonly start: string }): string {
  return `${row.pid}:${row.start}`;
}

/** The table of this platform: `/proc` on Linux, `ps` elsewhere. */
export const processTable: ProcessTable =
  process.platform === "linux" ? procTable : createPsTable(["-axwwE"]);
