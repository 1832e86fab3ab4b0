import { constants } from "node:os";
import type { SelfTestProbe } from "@stage6/evidence-interface";
import { buildProgram } from "../machine/build-program.ts";
import { number, text, type Operand, type Slot, type Step } from "../machine/step.ts";
import type { FilterArch } from "../seccomp/system-calls.ts";
import type { ProbeTargets } from "./plant-targets.ts";

const CALLS = {
  x64: {
    read: 0,
    write: 1,
    close: 3,
    socket: 41,
    connect: 42,
    sendto: 44,
    setsockopt: 54,
    kill: 62,
    exit: 231,
    openat: 257,
    unlinkat: 263,
    symlinkat: 266,
    fallocate: 285,
    renameat2: 316,
    ptrace: 101,
    ioUringSetup: 425,
  },
  arm64: {
    read: 63,
    write: 64,
    close: 57,
    socket: 198,
    connect: 203,
    sendto: 206,
    setsockopt: 208,
    kill: 129,
    exit: 94,
    openat: 56,
    unlinkat: 35,
    symlinkat: 36,
    fallocate: 47,
    renameat2: 276,
    ptrace: 117,
    ioUringSetup: 425,
  },
} as const satisfies Readonly<Record<FilterArch, Readonly<Record<string, number>>>>;

type Call = readonly [name: keyof (typeof CALLS)["x64"], ...operands: readonly Operand[]];

/** Calls in order, up to the first that fails; the last one's answer is reported. */
interface Attempt {
  /** Null for calls whose answer says nothing: they tidy up. */
  readonly probe: SelfTestProbe | null;
  readonly calls: readonly Call[];
  /** For attempts that end with a read: why what was read is no success, or null. */
  readonly judge?: (read: string) => string | null;
}

const AT_FDCWD = number(-100);
const O_RDONLY = number(0);
/** O_WRONLY, O_CREAT and O_EXCL. */
const NEW_FILE = number(0o301);
const MODE = number(0o600);
const [AF_UNIX, AF_INET] = [1, 2];
const [SOCK_STREAM, SOCK_DGRAM] = [1, 2];
const SOCKADDR_UN_BYTES = 110;
const SOL_SOCKET = 1;
const [SO_RCVTIMEO, SO_SNDTIMEO] = [20, 21];
/** How long a socket waits for an answer, as `struct timeval`: 15 s. */
const ANSWER_TIME = Buffer.from("0f000000000000000000000000000000", "hex");
const STDOUT = number(1);
/** A file or a socket of the attempt. */
const OPENED: Slot = 0;
/** Bytes of a record: what the last call of an attempt gave (4 bytes, little-endian), then what it read. */
const RECORD_BYTES = 1024;
const READ_AT = 4;
/** A part of the scratch memory that nothing writes to: the kernel gives a new stack with zeros. */
const ZEROS: Operand = { kind: "scratch", offset: 2048 };
const RING_ENTRIES = 8;
const PTRACE_TRACEME = 0;
const MORE_THAN_ROOM = 1 << 20;

const opened: Operand = { kind: "result", slot: OPENED };
const into: Operand = { kind: "scratch", offset: READ_AT };
const data = (bytes: Buffer): Operand => ({ kind: "data", bytes });

const make = (path: string): Call => ["openat", AT_FDCWD, text(path), NEW_FILE, MODE];
const open = (path: string): Call => ["openat", AT_FDCWD, text(path), O_RDONLY, number(0)];
const remove = (path: string): Call => ["unlinkat", AT_FDCWD, text(path), number(0)];
const read: Call = ["read", opened, into, number(RECORD_BYTES - READ_AT)];
const close: Call = ["close", opened];

/** `sockaddr_in` of an IPv4 address in dotted form. */
function internetAddress(address: string, port: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(AF_INET, 0);
  bytes.writeUInt16BE(port, 2);
  bytes.set(address.split(".").map(Number), 4);
  return bytes;
}

/** `sockaddr_un`; a path that begins with NUL is an abstract name. `bytes` is that of the whole structure, filled with NUL. */
function unixAddress(path: string, bytes = 2 + Buffer.byteLength(path)): Buffer {
  const address = Buffer.alloc(bytes);
  address.writeUInt16LE(AF_UNIX);
  address.write(path, 2);
  return address;
}

function socket(family: number, kind: number): Call[] {
  const timeout = (option: number): Call => [
    "setsockopt",
    opened,
    number(SOL_SOCKET),
    number(option),
    data(ANSWER_TIME),
    number(ANSWER_TIME.length),
  ];
  return [["socket", number(family), number(kind), number(0)], timeout(SO_RCVTIMEO), timeout(SO_SNDTIMEO)];
}

function askStream(family: number, address: Buffer): Call[] {
  return [...socket(family, SOCK_STREAM), ["connect", opened, data(address), number(address.length)], read];
}

function askDatagram(address: Buffer): Call[] {
  const question = text("?");
  const send: Call = [
    "sendto",
    opened,
    question,
    number(1),
    number(0),
    data(address),
    number(address.length),
  ];
  return [...socket(AF_INET, SOCK_DGRAM), send, read];
}

/** More than the room of shared memory in a new file, which is gone afterwards. */
function fill(path: string, bytes: number): Attempt[] {
  const calls: Call[] = [make(path), ["fallocate", opened, number(0), number(0), number(bytes)]];
  const tidy = [close, remove(path)].map((call): Attempt => ({ probe: null, calls: [call] }));
  return [{ probe: "fill-device-memory", calls }, ...tidy];
}

/** Files that speak of the whole host. */
const STATE_FILES = ["interrupts", "key-users", "kallsyms", "config.gz", "modules", "kcore"];

/** The probes that are system calls, in their order. A probe succeeds when one of its attempts does. */
function attempts(target: ProbeTargets): Attempt[] {
  const { inside, protected: guarded, harness, token } = target;
  const saysToken = (said: string): string | null => (said === token ? null : "OTHER");
  const answer = (probe: SelfTestProbe, calls: Call[]): Attempt => ({ probe, calls, judge: saysToken });
  const loopback = (port: number): Buffer => internetAddress("127.0.0.1", port);
  return [
    { probe: "write-inside", calls: [make(`${inside}/file`)] },
    { probe: "remove-inside", calls: [remove(`${inside}/file`)] },
    answer("model-via-door", askStream(AF_INET, loopback(target.doorPort))),
    { probe: "write-outside", calls: [make(target.outsideFile)] },
    answer("read-credential", [open(target.credential), read]),
    { probe: "write-protected-git", calls: [make(`${guarded}/.git/probe`)] },
    {
      probe: "rename-protected-git",
      calls: [
        ["renameat2", AT_FDCWD, text(`${guarded}/.git`), AT_FDCWD, text(`${guarded}/moved`), number(0)],
      ],
    },
    answer("tcp-loopback", askStream(AF_INET, loopback(target.tcpPort))),
    answer("unix-path-socket", askStream(AF_UNIX, unixAddress(target.unixSocket))),
    // The length is part of an abstract name; some versions of Node fill it up.
    ...[undefined, SOCKADDR_UN_BYTES].map((bytes) =>
      answer("unix-abstract-socket", askStream(AF_UNIX, unixAddress(`\0${target.abstractSocket}`, bytes))),
    ),
    answer("udp-outside", askDatagram(internetAddress(target.udp.address, target.udp.port))),
    {
      probe: "signal-host-process",
      calls: [["kill", number(harness.pid), number(0)], open(`/proc/${harness.pid}/stat`), read],
      // A pid names another process in a pid namespace.
      judge: (stat) => (startTime(stat) === harness.start ? null : "ESRCH"),
    },
    ...STATE_FILES.map((name): Attempt => ({
      probe: "read-kernel-state",
      calls: [open(`/proc/${name}`), read],
      judge: (said) => (said === "" ? "EMPTY" : null),
    })),
    ...fill(`/dev/${token}`, target.sharedMemoryBytes + MORE_THAN_ROOM),
    ...fill(`/dev/shm/${token}`, target.sharedMemoryBytes + MORE_THAN_ROOM),
    // Some kernels turn io_uring off for every user: there the refusal of ptrace shows the filter.
    { probe: "io-uring", calls: [["ioUringSetup", number(RING_ENTRIES), ZEROS]] },
    { probe: "io-uring", calls: [["ptrace", number(PTRACE_TRACEME), number(0)]] },
    // The harness collects what lies behind it.
    {
      probe: "collect-through-link",
      calls: [["symlinkat", text(target.outside), AT_FDCWD, text(target.link)]],
    },
  ];
}

/** When a process started, in clock ticks since the host did: the 22nd field of its `/proc/<pid>/stat`. */
export function startTime(stat: string): string {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

/** A program that makes the system calls of the probes and writes one record for each attempt to its standard output. */
export function probeProgram(arch: FilterArch, target: ProbeTargets): Buffer {
  const steps = attempts(target).flatMap(({ calls }, index): Step[] => [
    ...calls.map(([name, ...operands]): Step => {
      const keep = name === "openat" || name === "socket" ? { into: OPENED } : {};
      return { step: "call", number: CALLS[arch][name], operands, ...keep, onError: `after-${index}` };
    }),
    { step: "label", name: `after-${index}` },
    { step: "store-answer", offset: 0 },
    {
      step: "call",
      number: CALLS[arch].write,
      operands: [STDOUT, { kind: "scratch", offset: 0 }, number(RECORD_BYTES)],
    },
  ]);
  return buildProgram(arch, [...steps, { step: "call", number: CALLS[arch].exit, operands: [number(0)] }]);
}

const ERRORS: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno).map(([name, value]) => [value, name]),
);

/** Outcome of each probe of the program, and how many bytes its records take; null when they are not all there. */
export function readRecords(
  stdout: Buffer,
  target: ProbeTargets,
): { readonly outcomes: ReadonlyMap<SelfTestProbe, string>; readonly bytes: number } | null {
  const outcomes = new Map<SelfTestProbe, string>();
  const all = attempts(target);
  const bytes = all.length * RECORD_BYTES;
  if (stdout.length < bytes) return null;
  for (const [index, attempt] of all.entries()) {
    if (attempt.probe === null || outcomes.get(attempt.probe) === "ok") continue;
    const record = stdout.subarray(index * RECORD_BYTES, (index + 1) * RECORD_BYTES);
    outcomes.set(attempt.probe, outcomeOf(attempt, record));
  }
  return { outcomes, bytes };
}

function outcomeOf({ judge }: Attempt, record: Buffer): string {
  const answer = record.readInt32LE(0);
  if (answer < 0) return ERRORS.get(-answer) ?? "FAILED";
  return judge?.(record.toString("latin1", READ_AT, READ_AT + answer)) ?? "ok";
}
