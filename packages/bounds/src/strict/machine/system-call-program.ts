import type { FilterArch } from "../seccomp/system-calls.ts";
import { buildProgram } from "./build-program.ts";
import { number, type Step } from "./step.ts";

const EXIT: Readonly<Record<FilterArch, number>> = { x64: 231, arm64: 94 };
const LANDLOCK_CREATE_RULESET = 444;
const LANDLOCK_VERSION_FLAG = 1;

/** The exit code of a call program for an error number of the kernel: the low byte of its negative. */
export function exitOfError(error: number): number {
  return 256 - error;
}

/**
 * A program that makes one system call and exits with 0, or with {@link exitOfError} of the kernel's error. The call's first
 * argument is `argument`, its second points to 1024 zero bytes.
 */
export function systemCallProgram(arch: FilterArch, call: number, argument: number): Buffer {
  const operands = [number(argument), { kind: "scratch", offset: 0 } as const];
  return buildProgram(arch, [
    { step: "call", number: call, operands, into: 0, onError: "failed" },
    exit(arch, number(0)),
    { step: "label", name: "failed" },
    exit(arch, { kind: "result", slot: 0 }),
  ]);
}

/** A program that exits with the version of the kernel's Landlock interface; 0 where there is none. */
export function landlockVersionProgram(arch: FilterArch): Buffer {
  const operands = [number(0), number(0), number(LANDLOCK_VERSION_FLAG)];
  return buildProgram(arch, [
    { step: "call", number: LANDLOCK_CREATE_RULESET, operands, into: 0, onError: "none" },
    exit(arch, { kind: "result", slot: 0 }),
    { step: "label", name: "none" },
    exit(arch, number(0)),
  ]);
}

function exit(arch: FilterArch, code: Extract<Step, { step: "call" }>["operands"][number]): Step {
  return { step: "call", number: EXIT[arch], operands: [code] };
}
