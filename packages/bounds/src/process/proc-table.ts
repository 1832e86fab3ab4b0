import { readdirSync, readFileSync } from "node:fs";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import type { ProcessRow, ProcessTable } from "./process-table.ts";
import { treeOf } from "./tree-of.ts";
import { within } from "./within.ts";

const READ_MS = 2000;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly start: string;
  readonly dead: boolean;
}

/** The process table of Linux, read from `/proc`. A process that ends while it is looked at is left out. */
export const procTable: ProcessTable = {
  keys: async () => new Set(allStats().map(({ pid, start }) => `${pid}:${start}`)),
  rowsExcept: async (known) => {
    const fresh = allStats().filter(({ pid, start, dead }) => !dead && !known.has(`${pid}:${start}`));
    const rows = await Promise.all(fresh.map(readRow));
    return rows.filter((row) => row !== null);
  },
  outputsOf: async (pid) => {
    const links = [1, 2].map((fd) => orNull(readlink(`/proc/${pid}/fd/${fd}`)));
    return (await Promise.all(links)).filter((link) => link !== null).filter(isChannel);
  },
  memoryOf: async (main) => {
    const sizes = await Promise.all(treeOf(allStats(), main).map(({ pid }) => residentBytes(pid)));
    return sizes.reduce((sum, size) => sum + size, 0);
  },
};

/** Read at a stretch: the kernel answers these files at once, whatever a process waits for, and a turn of the loop for each costs more. */
function allStats(): Stat[] {
  const pids = readdirSync("/proc").filter((name) => /^[0-9]+$/u.test(name));
  return pids.flatMap((pid) => readStat(Number(pid)) ?? []);
}

function readStat(pid: number): Stat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return null;
  }
  // The command in parentheses may itself hold spaces and parentheses: fields are counted from the last one.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, parent, group, start] = [fields[0], fields[1], fields[2], fields[19]];
  if (state === undefined || start === undefined) return null;
  return { pid, parent: Number(parent), group: Number(group), start, dead: state === "Z" || state === "X" };
}

async function residentBytes(pid: number): Promise<number> {
  const text = await orNull(readFile(`/proc/${pid}/status`, "latin1"));
  return Number(/^VmRSS:\s*([0-9]+) kB$/mu.exec(text ?? "")?.[1] ?? 0) * 1024;
}

async function readRow(stat: Stat): Promise<ProcessRow | null> {
  const folder = `/proc/${stat.pid}`;
  const owner = await orNull(lstat(folder));
  if (owner === null || owner.uid !== process.getuid?.()) return null;
  const [command, environment, cwd, channels] = await Promise.all([
    orNull(readFile(`${folder}/cmdline`, "utf8")),
    orNull(readFile(`${folder}/environ`, "latin1")),
    orNull(readlink(`${folder}/cwd`)),
    readChannels(`${folder}/fd`),
  ]);
  const { pid, parent, group, start } = stat;
  const shown = (command ?? "").replaceAll("\0", " ").trim().slice(0, 256);
  return { pid, parent, group, start, command: shown, environment: environment ?? "", cwd, channels };
}

async function readChannels(folder: string): Promise<readonly string[]> {
  const names = (await orNull(readdir(folder))) ?? [];
  const targets = await Promise.all(names.map((name) => orNull(readlink(`${folder}/${name}`))));
  return targets.filter((target) => target !== null).filter(isChannel);
}

function isChannel(target: string): boolean {
  return /^(?:pipe|socket):/u.test(target);
}

/** Null when the process is gone, is not ours to look at, or is stuck in the kernel and holds up whoever looks. */
function orNull<T>(work: Promise<T>): Promise<T | null> {
  return within(
    work.catch(() => null),
    READ_MS,
  );
}
