import { SCRATCH_BYTES, type Operand, type Slot, type Step } from "./step.ts";
import type { CodePiece } from "./x64-code.ts";

/** Registers that the kernel leaves alone. */
const SLOTS: Readonly<Record<Slot, number>> = { 0: 19, 1: 20, 2: 21 };
const SP = 31;
/** Keeps the stack pointer that the program was started with. */
const START = 28;
const SPARE = 9;

const words = (...values: readonly number[]): Buffer => {
  const buffer = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) buffer.writeUInt32LE(value >>> 0, index * 4);
  return buffer;
};

/** movz and three movk. */
const constant = (to: number, value: bigint): Buffer => {
  const part = (index: number): number =>
    Number((BigInt.asUintN(64, value) >> BigInt(16 * index)) & 0xffffn) << 5;
  return words(
    ...[0xd2800000, 0xf2a00000, 0xf2c00000, 0xf2e00000].map((code, index) => code | part(index) | to),
  );
};
const copy = (to: number, from: number): Buffer => words(0xaa0003e0 | (from << 16) | to);
const load = (to: number, base: number, offset: number): Buffer =>
  words(0xf9400000 | ((offset / 8) << 10) | (base << 5) | to);
const address = (to: number, base: number, offset: number): Buffer =>
  words(0x91000000 | (offset << 10) | (base << 5) | to);
const store8 = (from: number, offset: number): Buffer =>
  words(0xf9000000 | ((offset / 8) << 10) | (SP << 5) | from);
const store4 = (from: number, offset: number): Buffer =>
  words(0xb9000000 | ((offset / 4) << 10) | (SP << 5) | from);

function operand(to: number, from: Operand, dataAddress: (data: Buffer) => bigint): Buffer {
  switch (from.kind) {
    case "number":
      return constant(to, from.value);
    case "data":
      return constant(to, dataAddress(from.bytes));
    case "result":
      return copy(to, SLOTS[from.slot]);
    case "scratch":
      return address(to, SP, from.offset);
    case "argument":
      return load(to, START, 8 + 8 * from.index);
    case "arguments-from":
      return address(to, START, 8 + 8 * from.index);
    case "environment":
      // ldr x9, [x28]; add to, x28, x9, lsl 3; add to, to, 16
      return Buffer.concat([
        load(SPARE, START, 0),
        words(0x8b000c00 | (SPARE << 16) | (START << 5) | to),
        address(to, to, 16),
      ]);
  }
}

/** The code that comes first: keeps the stack pointer and makes room for the scratch memory. */
export const ARM64_START: Buffer = Buffer.concat([
  address(START, SP, 0),
  words(0xd1400000 | ((SCRATCH_BYTES >> 12) << 10) | (SP << 5) | SP),
]);

/** One step as arm64 code; a jump is one word, whose distance is set later. */
export function arm64Piece(step: Step, dataAddress: (data: Buffer) => bigint): CodePiece {
  switch (step.step) {
    case "label":
      return { code: Buffer.alloc(0), label: step.name };
    case "store":
      return { code: Buffer.concat([operand(SPARE, step.value, dataAddress), store8(SPARE, step.offset)]) };
    case "store-result":
      return { code: store4(SLOTS[step.slot], step.offset) };
    case "store-answer":
      return { code: store4(0, step.offset) };
    case "jump-if-zero":
      return { code: words(0xb4000000 | SLOTS[step.slot]), jumpTo: step.to };
    case "call": {
      const code = [
        ...step.operands.map((from, index) => operand(index, from, dataAddress)),
        constant(8, BigInt(step.number)),
        words(0xd4000001),
        ...(step.into === undefined ? [] : [copy(SLOTS[step.into], 0)]),
      ];
      if (step.onError === undefined) return { code: Buffer.concat(code) };
      // tbnz x0, 63
      return { code: Buffer.concat([...code, words(0xb7f80000)]), jumpTo: step.onError };
    }
  }
}

/** Writes the distance of the jump that ends a piece of arm64 code, in bytes from that jump's own end. */
export function setArm64Jump(code: Buffer, distance: number): void {
  const at = code.length - 4;
  const word = code.readUInt32LE(at);
  const inWords = (distance + 4) / 4;
  const bits = word >>> 24 === 0xb7 ? 0x3fff : 0x7ffff;
  code.writeUInt32LE((word | ((inWords & bits) << 5)) >>> 0, at);
}
