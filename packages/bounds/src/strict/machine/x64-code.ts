import { SCRATCH_BYTES, type Operand, type Slot, type Step } from "./step.ts";

/** Registers of a system call's operands, in order: rdi, rsi, rdx, r10, r8, r9. */
const OPERANDS = [7, 6, 2, 10, 8, 9] as const;
/** Registers that the kernel leaves alone: rbx, r12, r13. */
const SLOTS: Readonly<Record<Slot, number>> = { 0: 3, 1: 12, 2: 13 };
const RAX = 0;
const RSP = 4;
/** Keeps the stack pointer that the program was started with. */
const RBP = 5;

const bytes = (...values: readonly number[]): Buffer => Buffer.from(values);
const int32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32LE(value);
  return buffer;
};

/** REX.W with the high bits of the two registers of a ModRM byte. */
const rex = (reg: number, rm: number): number => 0x48 | ((reg >> 3) << 2) | (rm >> 3);
/** ModRM with a 32-bit displacement; a base of rsp takes a SIB byte. */
const at = (reg: number, base: number, displacement: number): Buffer =>
  Buffer.concat([
    base === RSP ? bytes(0x84 | ((reg & 7) << 3), 0x24) : bytes(0x80 | ((reg & 7) << 3) | (base & 7)),
    int32(displacement),
  ]);
const constant = (reg: number, value: bigint): Buffer => {
  const immediate = Buffer.alloc(8);
  immediate.writeBigUInt64LE(BigInt.asUintN(64, value));
  return Buffer.concat([bytes(rex(0, reg), 0xb8 | (reg & 7)), immediate]);
};
const copy = (to: number, from: number): Buffer =>
  bytes(rex(from, to), 0x89, 0xc0 | ((from & 7) << 3) | (to & 7));
const load = (to: number, base: number, displacement: number): Buffer =>
  Buffer.concat([bytes(rex(to, base), 0x8b), at(to, base, displacement)]);
const address = (to: number, base: number, displacement: number): Buffer =>
  Buffer.concat([bytes(rex(to, base), 0x8d), at(to, base, displacement)]);
const store8 = (from: number, offset: number): Buffer =>
  Buffer.concat([bytes(rex(from, RSP), 0x89), at(from, RSP, offset)]);
const store4 = (from: number, offset: number): Buffer =>
  Buffer.concat([bytes(0x40 | ((from >> 3) << 2), 0x89), at(from, RSP, offset)]);

function operand(to: number, from: Operand, dataAddress: (data: Buffer) => bigint): Buffer {
  switch (from.kind) {
    case "number":
      return constant(to, from.value);
    case "data":
      return constant(to, dataAddress(from.bytes));
    case "result":
      return copy(to, SLOTS[from.slot]);
    case "scratch":
      return address(to, RSP, from.offset);
    case "argument":
      return load(to, RBP, 8 + 8 * from.index);
    case "arguments-from":
      return address(to, RBP, 8 + 8 * from.index);
    case "environment":
      // mov rax, [rbp]; lea to, [rbp + rax*8 + 16]
      return Buffer.concat([
        load(RAX, RBP, 0),
        bytes(0x48 | ((to >> 3) << 2), 0x8d, 0x44 | ((to & 7) << 3), 0xc5, 0x10),
      ]);
  }
}

/** One piece of code, and the jump at its end that is still without a distance. */
export interface CodePiece {
  readonly code: Buffer;
  readonly jumpTo?: string;
  readonly label?: string;
}

/** The code that comes first: keeps the stack pointer and makes room for the scratch memory. */
export const X64_START: Buffer = Buffer.concat([
  copy(RBP, RSP),
  bytes(0x48, 0x81, 0xec),
  int32(SCRATCH_BYTES),
]);

/** One step as x64 code; a jump is 6 bytes, with its distance in the last 4, counted from its end. */
export function x64Piece(step: Step, dataAddress: (data: Buffer) => bigint): CodePiece {
  switch (step.step) {
    case "label":
      return { code: Buffer.alloc(0), label: step.name };
    case "store":
      return { code: Buffer.concat([operand(RAX, step.value, dataAddress), store8(RAX, step.offset)]) };
    case "store-result":
      return { code: store4(SLOTS[step.slot], step.offset) };
    case "store-answer":
      return { code: store4(RAX, step.offset) };
    case "jump-if-zero": {
      const slot = SLOTS[step.slot];
      const test = bytes(rex(slot, slot), 0x85, 0xc0 | ((slot & 7) << 3) | (slot & 7));
      return { code: Buffer.concat([test, bytes(0x0f, 0x84), int32(0)]), jumpTo: step.to };
    }
    case "call": {
      const code = [
        ...step.operands.map((from, index) => operand(OPERANDS[index] ?? 0, from, dataAddress)),
        bytes(0xb8),
        int32(step.number),
        bytes(0x0f, 0x05),
        ...(step.into === undefined ? [] : [copy(SLOTS[step.into], RAX)]),
      ];
      if (step.onError === undefined) return { code: Buffer.concat(code) };
      // test rax, rax; js
      const check = [bytes(0x48, 0x85, 0xc0, 0x0f, 0x88), int32(0)];
      return { code: Buffer.concat([...code, ...check]), jumpTo: step.onError };
    }
  }
}

/** Writes the distance of the jump that ends a piece of x64 code. */
export function setX64Jump(code: Buffer, distance: number): void {
  code.writeInt32LE(distance, code.length - 4);
}
