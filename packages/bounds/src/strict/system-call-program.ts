import type { FilterArch } from "./seccomp/system-calls.ts";

const HEADER_BYTES = 64 + 56;
const ADDRESS = 0x400000;
const MACHINE: Readonly<Record<FilterArch, number>> = { x64: 62, arm64: 183 };

/** Calls the kernel with one number and a zeroed buffer on the stack, then exits 0 or with the number of the error. */
function x64Code(call: number, argument: number): Buffer {
  const code = Buffer.from(
    "bf00000000" + // mov edi, argument
      "488db42400fcffff" + // lea rsi, [rsp-1024]
      "b800000000" + // mov eax, call
      "0f05" + // syscall
      "85c0" + // test eax, eax
      "7906" + // jns to: xor edi, edi
      "f7d8" + // neg eax
      "89c7" + // mov edi, eax
      "eb02" + // jmp over it
      "31ff" + // xor edi, edi
      "b8e7000000" + // mov eax, exit_group
      "0f05", // syscall
    "hex",
  );
  code.writeUInt32LE(argument, 1);
  code.writeUInt32LE(call, 14);
  return code;
}

/** The same for arm64; constants beyond 16 bits take a second instruction. */
function arm64Code(call: number, argument: number): Buffer {
  const words = [
    0xd2800000 | ((argument & 0xffff) << 5), // movz x0, low half of argument
    0xf2a00000 | ((argument >>> 16) << 5), // movk x0, high half, lsl 16
    0xd11003e1, // sub x1, sp, 1024
    0xd2800008 | (call << 5), // movz x8, call
    0xd4000001, // svc 0
    0xf100001f, // cmp x0, 0
    0xda80a7e0, // csneg x0, xzr, x0, ge
    0xd2800bc8, // movz x8, exit_group
    0xd4000001, // svc 0
  ];
  const code = Buffer.alloc(words.length * 4);
  for (const [index, word] of words.entries()) code.writeUInt32LE(word >>> 0, index * 4);
  return code;
}

/**
 * A whole static ELF program that makes one system call: Node has no way to make one, and no compiler can be relied on.
 * Its first argument is `argument`, its second points to 1024 zero bytes. The arm64 code was never run.
 */
export function systemCallProgram(arch: FilterArch, call: number, argument: number): Buffer {
  const code = arch === "x64" ? x64Code(call, argument) : arm64Code(call, argument);
  const size = HEADER_BYTES + code.length;
  const header = Buffer.alloc(HEADER_BYTES);
  header.write("\x7fELF\x02\x01\x01", "latin1");
  header.writeUInt16LE(2, 16); // executable
  header.writeUInt16LE(MACHINE[arch], 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(ADDRESS + HEADER_BYTES), 24); // entry
  header.writeBigUInt64LE(64n, 32); // program headers
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(1, 56);
  header.writeUInt32LE(1, 64); // load
  header.writeUInt32LE(5, 68); // read and execute
  header.writeBigUInt64LE(BigInt(ADDRESS), 80);
  header.writeBigUInt64LE(BigInt(ADDRESS), 88);
  header.writeBigUInt64LE(BigInt(size), 96);
  header.writeBigUInt64LE(BigInt(size), 104);
  header.writeBigUInt64LE(0x1000n, 112);
  return Buffer.concat([header, code]);
}
