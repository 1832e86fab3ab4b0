import { assemble, BPF, type BpfInstruction, type BpfLine } from "./bpf.ts";
import {
  ATTRIBUTE_CALLS,
  AUDIT_ARCH,
  JUDGED_CALLS,
  NAMESPACE_FLAGS,
  PERSONALITIES,
  REFUSED_CALLS,
  SOCKET_FAMILIES,
  TIME_NAMESPACE_FLAG,
  type CallNumbers,
  type FilterArch,
} from "./system-calls.ts";

/** Answers of the filter (linux/seccomp.h). */
const SECCOMP = { allow: 0x7fff0000, kill: 0x80000000, error: 0x00050000 } as const;
const EPERM = 1;
const ENOSYS = 38;
const EOPNOTSUPP = 95;
const EAFNOSUPPORT = 97;

/** Offsets in `struct seccomp_data`. */
const NUMBER = 0;
const ARCH = 4;
/** Low half of the first argument; flags and families fit into it. */
const FIRST_ARGUMENT = 16;

/** First number of the x32 calls, which reach the same kernel functions under other numbers. */
const X32_BIT = 0x40000000;

/**
 * The filter of the strict tier, as instructions: a foreign architecture is killed, x32 does not exist, the listed calls
 * are refused, extended attributes are not supported. `clone3` does not exist either, because its flags lie behind a pointer that no filter can follow; the C
 * library then uses `clone`.
 */
export function seccompProgram(arch: FilterArch): BpfInstruction[] {
  const numbers = (calls: Readonly<Record<string, CallNumbers>>): number[] =>
    Object.values(calls).flatMap((call) => call[arch] ?? []);
  const jump = (call: keyof typeof JUDGED_CALLS): BpfLine => ({
    code: BPF.equals,
    k: JUDGED_CALLS[call][arch] ?? 0,
    hit: call,
  });
  const answer = (label: string, k: number): BpfLine => ({ code: BPF.return, k, label });
  return assemble([
    { code: BPF.load, k: ARCH },
    { code: BPF.equals, k: AUDIT_ARCH[arch], miss: "kill" },
    { code: BPF.load, k: NUMBER },
    ...(arch === "x64" ? [{ code: BPF.atLeast, k: X32_BIT, hit: "missing" }] : []),
    { ...jump("clone3"), hit: "missing" },
    jump("clone"),
    jump("unshare"),
    jump("socket"),
    jump("personality"),
    ...numbers(REFUSED_CALLS).map((k): BpfLine => ({ code: BPF.equals, k, hit: "refuse" })),
    ...numbers(ATTRIBUTE_CALLS).map((k): BpfLine => ({ code: BPF.equals, k, hit: "unsupported" })),
    answer("allow", SECCOMP.allow),
    { code: BPF.load, k: FIRST_ARGUMENT, label: "clone" },
    { code: BPF.anyBit, k: NAMESPACE_FLAGS, hit: "refuse", miss: "allow-2" },
    { code: BPF.load, k: FIRST_ARGUMENT, label: "unshare" },
    { code: BPF.anyBit, k: NAMESPACE_FLAGS | TIME_NAMESPACE_FLAG, hit: "refuse", miss: "allow-2" },
    { code: BPF.load, k: FIRST_ARGUMENT, label: "socket" },
    ...SOCKET_FAMILIES.map((k): BpfLine => ({ code: BPF.equals, k, hit: "allow-2" })),
    { code: BPF.return, k: SECCOMP.error | EAFNOSUPPORT },
    { code: BPF.load, k: FIRST_ARGUMENT, label: "personality" },
    ...PERSONALITIES.map((k): BpfLine => ({ code: BPF.equals, k, hit: "allow-2" })),
    { code: BPF.return, k: SECCOMP.error | EPERM },
    answer("allow-2", SECCOMP.allow),
    answer("refuse", SECCOMP.error | EPERM),
    answer("unsupported", SECCOMP.error | EOPNOTSUPP),
    answer("missing", SECCOMP.error | ENOSYS),
    answer("kill", SECCOMP.kill),
  ]);
}

/** The architecture of this process, or null when there is no filter for it. */
export function filterArch(arch: string = process.arch): FilterArch | null {
  return arch === "x64" || arch === "arm64" ? arch : null;
}
