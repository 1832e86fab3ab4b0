import { readlink } from "node:fs/promises";

/** Inode numbers of the namespaces that separate a sandbox. */
export interface NamespaceIds {
  readonly ipc: number;
  readonly mnt: number;
  readonly net: number;
  readonly pid: number;
}

/** Namespaces that bubblewrap told of on its status descriptor; null when it never started the command. */
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

/** How the agent ended, as the bridge tells; only the agent's own end is in it, so that an agent can lie about itself alone. */
export interface BridgeEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** Reads the bridge's record; null when there is none that can be read. */
export function readBridgeEnd(line: string, signals: Readonly<Record<string, number>>): BridgeEnd | null {
  const record = parse(line);
  const [exitCode, signal, error] = [
    field(record, "exitCode"),
    field(record, "signal"),
    field(record, "error"),
  ];
  const [code, message] = [field(error, "code"), field(error, "message")];
  if (typeof code === "string" && typeof message === "string")
    return { exitCode: null, signal: null, error: { code, message } };
  if (typeof exitCode === "number" && Number.isInteger(exitCode) && exitCode >= 0 && exitCode <= 255)
    return { exitCode, signal: null, error: null };
  return typeof signal === "string" && isSignal(signal, signals)
    ? { exitCode: null, signal, error: null }
    : null;
}

function isSignal(name: string, signals: Readonly<Record<string, number>>): name is NodeJS.Signals {
  return Object.hasOwn(signals, name);
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
