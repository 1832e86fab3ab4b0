import type { FilterArch } from "../seccomp/system-calls.ts";

const HEADER_BYTES = 64 + 56;
const ADDRESS = 0x400000n;
const MACHINE: Readonly<Record<FilterArch, number>> = { x64: 62, arm64: 183 };

/** Address of the first byte of a program's code when it runs. */
export const PROGRAM_START: bigint = ADDRESS + BigInt(HEADER_BYTES);

/** A static ELF file of one segment that is read and executed, and starts at its first byte of code. */
export function executable(arch: FilterArch, code: Buffer): Buffer {
  const size = BigInt(HEADER_BYTES + code.length);
  const header = Buffer.alloc(HEADER_BYTES);
  header.write("\x7fELF\x02\x01\x01", "latin1");
  header.writeUInt16LE(2, 16); // executable
  header.writeUInt16LE(MACHINE[arch], 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(PROGRAM_START, 24); // entry
  header.writeBigUInt64LE(64n, 32); // program headers
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(1, 56);
  header.writeUInt32LE(1, 64); // load
  header.writeUInt32LE(5, 68); // read and execute
  header.writeBigUInt64LE(ADDRESS, 80);
  header.writeBigUInt64LE(ADDRESS, 88);
  header.writeBigUInt64LE(size, 96);
  header.writeBigUInt64LE(size, 104);
  header.writeBigUInt64LE(0x1000n, 112);
  return Buffer.concat([header, code]);
}
