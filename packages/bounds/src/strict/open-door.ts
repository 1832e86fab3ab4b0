import { spawn, type ChildProcess } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { Server, type Socket } from "node:net";
import { join } from "node:path";
import { BoundsError } from "../bounds-error.ts";
import { signalGroup } from "../process/end-group.ts";
import { within } from "../process/within.ts";
import { buildProgram } from "./machine/build-program.ts";
import { number, text, type Operand, type Step } from "./machine/step.ts";
import type { FilterArch } from "./seccomp/system-calls.ts";
import { BRIDGE_FOLDER } from "./system-view.ts";

/** One way in: a port of the sandbox's own loopback, whose connections the harness takes. */
export interface Door {
  readonly port: number;
  readonly onConnection: (socket: Socket) => void;
}

/** The harness's end of a door. */
export interface OpenDoor {
  readonly close: () => void;
}

/** The sandbox whose network is entered. */
export interface SandboxNetwork {
  /** A process in it, as the host counts. */
  readonly pid: number;
  /** Whether its network belongs to a user namespace of its own, which has to be entered first. */
  readonly mapped: boolean;
}

const OPEN_MS = 20_000;

const CALLS = {
  x64: { openat: 257, ioctl: 16, setns: 308, execve: 59, exit: 231 },
  arm64: { openat: 56, ioctl: 29, setns: 268, execve: 221, exit: 94 },
} as const;
const AT_FDCWD = -100;
const O_CLOEXEC = 0o2000000;
/** ioctl_ns(2): the user namespace that owns a namespace. */
const NS_GET_USERNS = 0xb701;
const CLONE_NEWUSER = 0x10000000;
const CLONE_NEWNET = 0x40000000;

/**
 * A program that enters the network of a process and becomes the command in its arguments. Of a sandbox it takes the
 * network alone, and the user namespace that owns it where that is another: it stays among the harness's own processes
 * and files.
 */
function enterProgram(arch: FilterArch, { pid, mapped }: SandboxNetwork): Buffer {
  const calls = CALLS[arch];
  const call = (name: keyof typeof calls, operands: readonly Operand[], into?: 0 | 1): Step => ({
    step: "call",
    number: calls[name],
    operands,
    onError: "failed",
    ...(into === undefined ? {} : { into }),
  });
  const [net, owner]: Operand[] = [
    { kind: "result", slot: 0 },
    { kind: "result", slot: 1 },
  ];
  if (net === undefined || owner === undefined) throw new TypeError("no operands");
  return buildProgram(arch, [
    call("openat", [number(AT_FDCWD), text(`/proc/${pid}/ns/net`), number(O_CLOEXEC), number(0)], 0),
    ...(mapped
      ? [
          call("ioctl", [net, number(NS_GET_USERNS), number(0)], 1),
          call("setns", [owner, number(CLONE_NEWUSER)]),
        ]
      : []),
    call("setns", [net, number(CLONE_NEWNET)]),
    call("execve", [
      { kind: "argument", index: 1 },
      { kind: "arguments-from", index: 1 },
      { kind: "environment" },
    ]),
    { step: "label", name: "failed" },
    { step: "call", number: calls.exit, operands: [number(125)] },
  ]);
}

/**
 * Listens on a port inside a sandbox's network and takes its connections here: no process of the harness stays inside, and
 * no socket of the host is in the sandbox's view. `folder` is the harness's own. Throws {@link BoundsError}
 * `STRICT_NOT_STARTED`.
 */
export async function openDoor(
  arch: FilterArch,
  network: SandboxNetwork,
  door: Door,
  folder: string,
): Promise<OpenDoor> {
  const program = join(folder, "enter");
  await writeFile(program, enterProgram(arch, network), { mode: 0o700, flag: "wx" });
  const script = join(BRIDGE_FOLDER, "listen.mjs");
  const child = spawn(program, [process.execPath, script, String(door.port)], {
    cwd: "/",
    env: {},
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    detached: true,
  });
  const answer = listening(child);
  const server = await within(answer, OPEN_MS);
  if (server === null) {
    if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
    // A socket that comes too late must not keep this process alive.
    void answer.then((late) => late instanceof Server && late.close());
  }
  if (!(server instanceof Server))
    throw new BoundsError(
      "STRICT_NOT_STARTED",
      `cannot listen inside the sandbox: ${server === null ? "no answer in time" : server}`,
    );
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => undefined);
    door.onConnection(socket);
  });
  return {
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** The socket that the child hands over, or why it does not. */
function listening(child: ChildProcess): Promise<Server | string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code) => resolve(`its helper ended with ${code ?? "a signal"}`));
    child.once("message", (message, handle) => {
      if (child.connected) child.disconnect();
      if (handle instanceof Server) resolve(handle);
      else resolve(JSON.stringify(message).slice(0, 200));
    });
  });
}
