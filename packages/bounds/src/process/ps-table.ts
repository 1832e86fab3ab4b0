import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { treeOf } from "./tree-of.ts";
import type { ProcessRow, ProcessTable } from "./process-table.ts";

const COLUMNS = "pid=,ppid=,pgid=,uid=,stat=,lstart=,command=";
const ROW = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+ +\S+ +\S+ +[\d:]+ +\d{4}) ?(.*)$/u;

/**
 * A process table read from `ps`, for platforms without `/proc`. `flags` must select every process, full width and
 * the environment behind the command; working directories and pipes stay unknown, so fewer survivors can be told.
 */
export function createPsTable(flags: readonly string[]): ProcessTable {
  const rows = async (): Promise<readonly ProcessRow[]> => {
    return parsePs(await ps([...flags, "-o", COLUMNS]), process.getuid?.() ?? -1);
  };
  return {
    keys: async () => new Set((await rows()).map(({ pid, start }) => `${pid}:${start}`)),
    rowsExcept: async (known) => (await rows()).filter(({ pid, start }) => !known.has(`${pid}:${start}`)),
    outputsOf: () => Promise.resolve([]),
    memoryOf: async (main) => parseMemory(await ps(["-ax", "-o", "pid=,ppid=,pgid=,rss="]), main),
  };
}

async function ps(args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("ps", args, {
    env: { PATH: "/bin:/usr/bin", LC_ALL: "C" },
    timeout: 5000,
    killSignal: "SIGKILL",
    maxBuffer: 64 * 2 ** 20,
  });
  return stdout;
}

/** Resident bytes of a process tree in `ps` output of pid, parent, group and resident kilobytes; null for none such. */
export function parseMemory(output: string, main: number): number | null {
  const rows = output.split("\n").flatMap((line) => {
    const [pid, parent, group, kilobytes] = line.trim().split(/\s+/u).map(Number);
    return pid === undefined || parent === undefined || group === undefined || kilobytes === undefined
      ? []
      : [{ pid, parent, group, kilobytes }];
  });
  const tree = treeOf(rows, main);
  return tree.length === 0 ? null : tree.reduce((sum, { kilobytes }) => sum + kilobytes * 1024, 0);
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
