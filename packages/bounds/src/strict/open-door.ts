import { spawn, type ChildProcess } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { Server, type Socket } from "node:net";
import { join } from "node:path";
import { BoundsError } from "../bounds-error.ts";
import { signalGroup } from "../process/end-group.ts";
import { within } from "../process/within.ts";
import { buildProgram } from "./machine/build-program.ts";
import { number, text, type Operand, type Slot, type Step } from "./machine/step.ts";
import type { FilterArch } from "./seccomp/system-calls.ts";

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
  x64: { openat: 257, ioctl: 16, setns: 308, socket: 41, bind: 49, listen: 50, sendmsg: 46, exit: 231 },
  arm64: { openat: 56, ioctl: 29, setns: 268, socket: 198, bind: 200, listen: 201, sendmsg: 211, exit: 94 },
} as const;
const AT_FDCWD = -100;
const O_CLOEXEC = 0o2000000;
/** ioctl_ns(2): the user namespace that owns a namespace. */
const NS_GET_USERNS = 0xb701;
const CLONE_NEWUSER = 0x10000000;
const CLONE_NEWNET = 0x40000000;
const AF_INET = 2;
/** Not blocking and closed when another program is executed, as libuv has its own sockets. */
const STREAM = 1 | 0o4000 | O_CLOEXEC;
const BACKLOG = 511;
const MSG_NOSIGNAL = 0x4000;
/** SOL_SOCKET and SCM_RIGHTS, both 1, in one word. */
const SCM_RIGHTS = (1n << 32n) | 1n;
/** The socket to the parent is the first descriptor after the three standard ones. */
const CHANNEL = 3;
/** What a Node process writes to its parent with a server. */
const HANDED_OVER = Buffer.from(`${JSON.stringify({ cmd: "NODE_HANDLE", type: "net.Server", msg: {} })}\n`);
/** Places in the scratch memory: msghdr, iovec and the control message, as sendmsg(2) reads them. */
const [MESSAGE, VECTOR, CONTROL] = [0, 64, 96];
const CONTROL_BYTES = 20;

/** 127.0.0.1 with a port, as `sockaddr_in`. */
function loopback(port: number): Buffer {
  const address = Buffer.alloc(16);
  address.writeUInt16LE(AF_INET, 0);
  address.writeUInt16BE(port, 2);
  address.set([127, 0, 0, 1], 4);
  return address;
}

/**
 * A program that enters the network of a process, listens there and hands the socket to its parent, which is Node. Of a
 * sandbox it takes the network alone, and the user namespace that owns it where that is another.
 */
function listenProgram(arch: FilterArch, { pid, mapped }: SandboxNetwork, port: number): Buffer {
  const calls = CALLS[arch];
  const call = (name: keyof typeof calls, operands: readonly Operand[], into?: Slot): Step => ({
    step: "call",
    number: calls[name],
    operands,
    onError: "failed",
    ...(into === undefined ? {} : { into }),
  });
  const store = (offset: number, value: Operand): Step => ({ step: "store", offset, value });
  const scratch = (offset: number): Operand => ({ kind: "scratch", offset });
  const data = (bytes: Buffer): Operand => ({ kind: "data", bytes });
  const result = (slot: Slot): Operand => ({ kind: "result", slot });
  const address = loopback(port);
  return buildProgram(arch, [
    call("openat", [number(AT_FDCWD), text(`/proc/${pid}/ns/net`), number(O_CLOEXEC), number(0)], 0),
    ...(mapped
      ? [
          call("ioctl", [result(0), number(NS_GET_USERNS), number(0)], 1),
          call("setns", [result(1), number(CLONE_NEWUSER)]),
        ]
      : []),
    call("setns", [result(0), number(CLONE_NEWNET)]),
    call("socket", [number(AF_INET), number(STREAM), number(0)], 2),
    call("bind", [result(2), data(address), number(address.length)]),
    call("listen", [result(2), number(BACKLOG)]),
    store(MESSAGE, number(0)),
    store(MESSAGE + 8, number(0)),
    store(MESSAGE + 16, scratch(VECTOR)),
    store(MESSAGE + 24, number(1)),
    store(MESSAGE + 32, scratch(CONTROL)),
    store(MESSAGE + 40, number(CONTROL_BYTES)),
    store(MESSAGE + 48, number(0)),
    store(VECTOR, data(HANDED_OVER)),
    store(VECTOR + 8, number(HANDED_OVER.length)),
    store(CONTROL, number(CONTROL_BYTES)),
    store(CONTROL + 8, number(SCM_RIGHTS)),
    store(CONTROL + 16, result(2)),
    call("sendmsg", [number(CHANNEL), scratch(MESSAGE), number(MSG_NOSIGNAL)]),
    { step: "call", number: calls.exit, operands: [number(0)] },
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
  const program = join(folder, "listen");
  await writeFile(program, listenProgram(arch, network, door.port), { mode: 0o700, flag: "wx" });
  const child = spawn(program, [], {
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
    child.once("exit", (code) => {
      // The socket of a child that ended well is on its way, or here.
      if (code !== 0) resolve(`its helper ended with ${code ?? "a signal"}`);
    });
    child.once("message", (_message, handle) => {
      resolve(handle instanceof Server ? handle : "its helper sent no socket");
    });
  });
}
