import { buildProgram } from "../machine/build-program.ts";
import { number, text, type Operand, type Step } from "../machine/step.ts";
import type { FilterArch } from "../seccomp/system-calls.ts";
import { accessOf, rulesetAttribute, type LandlockRule } from "./landlock.ts";

/** A limit that the kernel holds for each process of a sandbox (setrlimit(2)): its number, and soft and hard limit alike. */
export interface ResourceLimit {
  readonly resource: number;
  readonly value: number;
}

/** A user and a group by their numbers. */
export interface NumericUser {
  readonly uid: number;
  readonly gid: number;
}

/** What the launcher does to itself before it becomes the command. */
export interface LaunchSpec {
  /** Whom to become, for a harness that is root; null where a user namespace has renamed the caller. */
  readonly user: NumericUser | null;
  readonly limits: readonly ResourceLimit[];
  /** Landlock rules, and the version of the kernel's interface (0: the kernel has none). */
  readonly landlock: { readonly abi: number; readonly rules: readonly LandlockRule[] };
}

/** Descriptor of the socket between launcher and harness. */
const LAUNCH_FD = 5;

/** Kinds of the records that a launcher writes. */
export const LAUNCH_RECORD = {
  /** The sandbox stands. The launcher waits for one byte before it goes on. */
  ready: 1,
  /** The command is about to be executed. */
  started: 2,
  /** A step of the launcher failed; the value is the kernel's answer, a negative error number. */
  failed: 3,
  /** The command could not be executed; the value is the kernel's answer. */
  notExecuted: 4,
  /** The command ended; the value is its wait status. */
  ended: 5,
} as const;

/** Bytes of a record: three little-endian numbers of 8 bytes for kind, value (its low 4 bytes) and step. */
export const LAUNCH_RECORD_BYTES = 24;

/** Exit code of a launcher that could not do a step. */
const LAUNCH_FAILED = 125;

/** Numbers of the calls that a launcher makes (syscall_64.tbl, asm-generic/unistd.h). */
const CALLS = {
  x64: {
    read: 0,
    write: 1,
    close: 3,
    clone: 56,
    execve: 59,
    wait4: 61,
    fcntl: 72,
    setgroups: 116,
    setresuid: 117,
    setresgid: 119,
    capset: 126,
    prctl: 157,
    exit: 231,
    openat: 257,
    prlimit: 302,
    createRuleset: 444,
    addRule: 445,
    restrictSelf: 446,
  },
  arm64: {
    read: 63,
    write: 64,
    close: 57,
    clone: 220,
    execve: 221,
    wait4: 260,
    fcntl: 25,
    setgroups: 159,
    setresuid: 147,
    setresgid: 149,
    capset: 91,
    prctl: 167,
    exit: 94,
    openat: 56,
    prlimit: 261,
    createRuleset: 444,
    addRule: 445,
    restrictSelf: 446,
  },
} as const satisfies Readonly<Record<FilterArch, Readonly<Record<string, number>>>>;

type CallName = keyof (typeof CALLS)["x64"];

const AT_FDCWD = -100;
const O_PATH_CLOEXEC = 0o12000000;
const SIGCHLD = 17;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const PR_SET_DUMPABLE = 4;
const PR_CAPBSET_DROP = 24;
const RULE_PATH_BENEATH = 1;
const CAPABILITY_BITS = 64;

/**
 * Capabilities that are left to bubblewrap, which has to enter a folder of the command's user, and to a launcher which
 * has to become that user: search folders, set group, set user, drop capabilities.
 */
export const LAUNCH_CAPABILITIES = {
  CAP_DAC_READ_SEARCH: 2,
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_SETPCAP: 8,
} as const;

/** `struct __user_cap_header_struct`: version 3 in the low half, the caller itself in the high half. */
const CAPABILITY_HEADER = 0x20080522n;
/** Two `struct __user_cap_data_struct` without a capability. */
const NO_CAPABILITY = Buffer.alloc(24);

/** Offsets in the scratch memory: the record to write, a rule for Landlock, and the byte that the harness sends. */
const KIND = 0;
const VALUE = 8;
const STEP = 16;
const RULE = 32;
const BYTE = 64;
const HEADER = 80;
/** The result that is kept: the child's pid, or the number of Landlock's rules in the child. */
const CHILD = 0;
const RULESET = 1;
const PATH_FD = 2;

/**
 * The program that a sandbox starts with. It says that the sandbox stands, waits for a byte, and forks. The child takes
 * its limits, gives up its user, capabilities and reach and becomes the command, which closes its end of the socket; the
 * parent, which no other process can read or trace, reports how the child ended. So no process of the command ever holds
 * a file of the harness. The command is the program's arguments, an absolute path first.
 */
export function launchProgram(arch: FilterArch, spec: LaunchSpec): Buffer {
  let count = 0;
  const free = (name: CallName, ...operands: readonly Operand[]) =>
    ({ step: "call", number: CALLS[arch][name], operands }) as const;
  // Each checked call has a number, which the record of a failure names.
  const checked = (into: 0 | 1 | 2 | undefined, name: CallName, ...operands: readonly Operand[]): Step[] => {
    count += 1;
    return [
      { step: "store", offset: STEP, value: number(count) },
      { ...free(name, ...operands), ...(into === undefined ? {} : { into }), onError: "failed" },
    ];
  };
  const call = (name: CallName, ...operands: readonly Operand[]): Step[] =>
    checked(undefined, name, ...operands);
  const record = (kind: number): Step[] => [
    { step: "store", offset: KIND, value: number(kind) },
    free("write", number(LAUNCH_FD), scratch(KIND), number(LAUNCH_RECORD_BYTES)),
  ];
  const answer = (kind: number): Step[] => [{ step: "store-answer", offset: VALUE }, ...record(kind)];
  const dropCapabilities: readonly Step[] = [
    { step: "store", offset: HEADER, value: number(CAPABILITY_HEADER) },
    ...call("capset", scratch(HEADER), data(NO_CAPABILITY)),
  ];
  return buildProgram(arch, [
    { step: "store", offset: VALUE, value: number(0) },
    { step: "store", offset: STEP, value: number(0) },
    ...call("prctl", number(PR_SET_DUMPABLE), number(0)),
    ...record(LAUNCH_RECORD.ready),
    ...checked(CHILD, "read", number(LAUNCH_FD), scratch(BYTE), number(1)),
    // The harness is gone.
    { step: "jump-if-zero", slot: CHILD, to: "failed" },
    ...checked(CHILD, "clone", number(SIGCHLD), number(0), number(0), number(0), number(0)),
    { step: "jump-if-zero", slot: CHILD, to: "child" },

    ...dropCapabilities,
    ...call("wait4", result(CHILD), scratch(VALUE), number(0), number(0)),
    ...record(LAUNCH_RECORD.ended),
    free("exit", number(0)),

    { step: "label", name: "child" },
    ...spec.limits.flatMap(({ resource, value }) =>
      call("prlimit", number(0), number(resource), data(limitOf(value)), number(0)),
    ),
    ...(spec.user === null ? [] : becomeUser(spec.user, call, free)),
    ...dropCapabilities,
    ...(spec.landlock.abi === 0 ? [] : restrict(spec.landlock, checked)),
    ...call("fcntl", number(LAUNCH_FD), number(F_SETFD), number(FD_CLOEXEC)),
    { step: "store", offset: VALUE, value: number(0) },
    ...record(LAUNCH_RECORD.started),
    free(
      "execve",
      { kind: "argument", index: 1 },
      { kind: "arguments-from", index: 1 },
      {
        kind: "environment",
      },
    ),
    ...answer(LAUNCH_RECORD.notExecuted),
    free("exit", number(LAUNCH_FAILED)),

    { step: "label", name: "failed" },
    ...answer(LAUNCH_RECORD.failed),
    free("exit", number(LAUNCH_FAILED)),
  ]);
}

type Call = (name: CallName, ...operands: readonly Operand[]) => Step[];
type FreeCall = (name: CallName, ...operands: readonly Operand[]) => Step;
type CheckedCall = (into: 0 | 1 | 2 | undefined, name: CallName, ...operands: readonly Operand[]) => Step[];

function becomeUser({ uid, gid }: NumericUser, call: Call, free: FreeCall): Step[] {
  const all = (id: number): Operand[] => [number(id), number(id), number(id)];
  const everyCapability = Array.from({ length: CAPABILITY_BITS }, (_, capability) => capability);
  return [
    // Those that the kernel does not know are refused, which is as good.
    ...everyCapability.map((capability) => free("prctl", number(PR_CAPBSET_DROP), number(capability))),
    ...call("setgroups", number(0), number(0)),
    ...call("setresgid", ...all(gid)),
    ...call("setresuid", ...all(uid)),
  ];
}

function restrict({ abi, rules }: LaunchSpec["landlock"], checked: CheckedCall): Step[] {
  const attribute = rulesetAttribute(abi);
  return [
    ...checked(RULESET, "createRuleset", data(attribute), number(attribute.length), number(0)),
    ...rules.flatMap((rule): Step[] => [
      ...checked(PATH_FD, "openat", number(AT_FDCWD), text(rule.path), number(O_PATH_CLOEXEC), number(0)),
      { step: "store", offset: RULE, value: number(accessOf(rule, abi)) },
      { step: "store-result", offset: RULE + 8, slot: PATH_FD },
      ...checked(undefined, "addRule", result(RULESET), number(RULE_PATH_BENEATH), scratch(RULE), number(0)),
      ...checked(undefined, "close", result(PATH_FD)),
    ]),
    ...checked(undefined, "restrictSelf", result(RULESET), number(0)),
    ...checked(undefined, "close", result(RULESET)),
  ];
}

const scratch = (offset: number): Operand => ({ kind: "scratch", offset });
const result = (slot: 0 | 1 | 2): Operand => ({ kind: "result", slot });
const data = (bytes: Buffer): Operand => ({ kind: "data", bytes });

/** `struct rlimit64` with the soft limit as high as the hard one. */
function limitOf(value: number): Buffer {
  const limit = Buffer.alloc(16);
  limit.writeBigUInt64LE(BigInt(value));
  limit.writeBigUInt64LE(BigInt(value), 8);
  return limit;
}
