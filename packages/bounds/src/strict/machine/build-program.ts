import type { FilterArch } from "../seccomp/system-calls.ts";
import { ARM64_START, arm64Piece, setArm64Jump } from "./arm64-code.ts";
import { executable, PROGRAM_START } from "./executable.ts";
import type { Step } from "./step.ts";
import { setX64Jump, X64_START, x64Piece } from "./x64-code.ts";

const TARGETS = {
  x64: { start: X64_START, piece: x64Piece, setJump: setX64Jump },
  arm64: { start: ARM64_START, piece: arm64Piece, setJump: setArm64Jump },
} as const;

/**
 * A whole static ELF program that does the steps in order: Node cannot make a system call, and no compiler can be relied
 * on. The last step has to end the program. Throws a `RangeError` for a jump to a label that is not there.
 */
export function buildProgram(arch: FilterArch, steps: readonly Step[]): Buffer {
  const { start, piece, setJump } = TARGETS[arch];
  const data: Buffer[] = [];
  // The length of the code does not depend on addresses, so it is known before them.
  const size = steps.reduce((sum, step) => sum + piece(step, () => 0n).code.length, start.length);
  let dataBytes = 0;
  const dataAddress = (bytes: Buffer): bigint => {
    const at = PROGRAM_START + BigInt(size + dataBytes);
    data.push(bytes);
    dataBytes += bytes.length;
    return at;
  };
  const labels = new Map<string, number>();
  const pieces: { readonly code: Buffer; readonly end: number; readonly jumpTo: string | undefined }[] = [];
  let end = start.length;
  for (const step of steps) {
    const { code, jumpTo, label } = piece(step, dataAddress);
    end += code.length;
    if (label !== undefined) labels.set(label, end);
    pieces.push({ code, end, jumpTo });
  }
  for (const { code, end: from, jumpTo } of pieces) {
    if (jumpTo === undefined) continue;
    const target = labels.get(jumpTo);
    if (target === undefined) throw new RangeError(`no label ${jumpTo}`);
    setJump(code, target - from);
  }
  return executable(arch, Buffer.concat([start, ...pieces.map(({ code }) => code), ...data]));
}
