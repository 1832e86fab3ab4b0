import { readlink } from "node:fs/promises";

/** Inode numbers of the namespaces that separate a sandbox. */
export interface NamespaceIds {
  readonly ipc: number;
  readonly mnt: number;
  readonly net: number;
  readonly pid: number;
}

/** The sandbox's first process as the host counts, from bubblewrap's status; null when it made none. */
export function readSandboxPid(status: string): number | null {
  const pid = field(parse(status.split("\n")[0] ?? ""), "child-pid");
  return typeof pid === "number" && Number.isSafeInteger(pid) && pid > 1 ? pid : null;
}

/** The exit code of the sandbox's command, from bubblewrap's status; null when there was no sandbox. */
export function readSandboxExit(status: string): number | null {
  const code = field(parse(status.split("\n")[1] ?? ""), "exit-code");
  return typeof code === "number" && Number.isSafeInteger(code) ? code : null;
}

/** Namespaces of the sandbox, from bubblewrap's status; null when it never started the command. */
export function readNamespaces(status: string): NamespaceIds | null {
  const first: unknown = parse(status.split("\n")[0] ?? "");
  const id = (name: string): number => {
    const value = field(first, `${name}-namespace`);
    return typeof value === "number" && Number.isSafeInteger(value) ? value : 0;
  };
  const ids = { ipc: id("ipc"), mnt: id("mnt"), net: id("net"), pid: id("pid") };
  return Object.values(ids).includes(0) ? null : ids;
}

/** Namespaces of this process; null where the kernel does not tell. */
export async function ownNamespaces(): Promise<NamespaceIds | null> {
  const id = async (name: string): Promise<number> =>
    Number(/\[([0-9]+)\]$/u.exec(await readlink(`/proc/self/ns/${name}`).catch(() => ""))?.[1] ?? 0);
  const [ipc, mnt, net, pid] = await Promise.all([id("ipc"), id("mnt"), id("net"), id("pid")]);
  return ipc === 0 || mnt === 0 || net === 0 || pid === 0 ? null : { ipc, mnt, net, pid };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
