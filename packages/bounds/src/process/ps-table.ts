import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ProcessRow, ProcessTable } from "./process-table.ts";

const COLUMNS = "pid=,ppid=,pgid=,uid=,stat=,lstart=,command=";
const ROW = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+ +\S+ +\S+ +[\d:]+ +\d{4}) ?(.*)$/u;

/**
 * A process table read from `ps`, for platforms without `/proc`. `flags` must select every process, full width and
 * the environment behind the command; working directories and pipes stay unknown, so fewer survivors can be told.
 */
export function createPsTable(flags: readonly string[]): ProcessTable {
  const rows = async (): Promise<readonly ProcessRow[]> => {
    const { stdout } = await promisify(execFile)("ps", [...flags, "-o", COLUMNS], {
      env: { PATH: "/bin:/usr/bin", LC_ALL: "C" },
      timeout: 5000,
      killSignal: "SIGKILL",
      maxBuffer: 64 * 2 ** 20,
    });
    return parsePs(stdout, process.getuid?.() ?? -1);
  };
  return {
    keys: async () => new Set((await rows()).map(({ pid, start }) => `${pid}:${start}`)),
    rowsExcept: async (known) => (await rows()).filter(({ pid, start }) => !known.has(`${pid}:${start}`)),
    outputsOf: () => Promise.resolve([]),
  };
}

/** Rows of one user's living processes in `ps` output. */
export function parsePs(output: string, uid: number): readonly ProcessRow[] {
  return output.split("\n").flatMap((line) => {
    const [, pid, parent, group, owner, state, start, command] = ROW.exec(line) ?? [];
    if (pid === undefined || start === undefined || command === undefined) return [];
    if (Number(owner) !== uid || state?.startsWith("Z") === true) return [];
    const shown = command.slice(0, 256);
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        group: Number(group),
        start,
        command: shown,
        environment: command,
        cwd: null,
        channels: [],
      },
    ];
  });
}
