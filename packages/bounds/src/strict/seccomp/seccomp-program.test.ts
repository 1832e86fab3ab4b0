import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { encodeBpf, type BpfInstruction } from "./bpf.ts";
import { filterArch, seccompProgram } from "./seccomp-program.ts";
import { ATTRIBUTE_CALLS, REFUSED_CALLS, type FilterArch } from "./system-calls.ts";

const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const error = (number: number) => 0x00050000 + number;
const [EPERM, ENOSYS, EOPNOTSUPP, EAFNOSUPPORT] = [1, 38, 95, 97];
const ARCHS: readonly FilterArch[] = ["x64", "arm64"];
const AUDIT = { x64: 0xc000003e, arm64: 0xc00000b7, i386: 0x40000003 };

/** Runs a filter as the kernel does, on one call. */
function answer(program: readonly BpfInstruction[], arch: number, number: number, first = 0): number {
  let accumulator = 0;
  for (let at = 0; at < program.length; at += 1) {
    const { code, jt, jf, k } = program[at]!;
    const jump = (holds: boolean): void => void (at += holds ? jt : jf);
    if (code === 0x20) accumulator = { 0: number, 4: arch, 16: first }[k] ?? Number.NaN;
    else if (code === 0x15) jump(accumulator === k);
    else if (code === 0x35) jump(accumulator >= k);
    else if (code === 0x45) jump((accumulator & k) !== 0);
    else if (code === 0x06) return k;
    else throw new Error(`instruction ${code}`);
  }
  throw new Error("the program ran off its end");
}

const digest = (arch: FilterArch) =>
  createHash("sha256")
    .update(encodeBpf(seccompProgram(arch)))
    .digest("hex");

test("the bytes of both filters are frozen", () => {
  expect(encodeBpf(seccompProgram("x64"))).toHaveLength(752);
  expect(encodeBpf(seccompProgram("arm64"))).toHaveLength(720);
  expect(digest("x64")).toBe("fc2b67b2502df0269b99287639ba3802883639bee6fd87c2d5d8d09fcd2a52fc");
  expect(digest("arm64")).toBe("9fb31a58a9c54c06c5f7292140007d4daf123e44219af202686b38c4e638fba5");
});

test.each(ARCHS)("%s: every listed call is refused, and of the rest only the judged ones", (arch) => {
  const program = seccompProgram(arch);
  const listed = new Set(Object.values(REFUSED_CALLS).flatMap((numbers) => numbers[arch] ?? []));
  const refused = Array.from({ length: 1024 }, (_, number) => number).filter(
    (number) => answer(program, AUDIT[arch], number, 2) === error(EPERM),
  );
  const personality = { x64: 135, arm64: 92 }[arch];
  expect(new Set(refused)).toEqual(new Set([...listed, personality]));
  expect(listed.size).toBe(arch === "x64" ? 54 : 51);
});

test.each(ARCHS)("%s: extended attributes cannot be changed, as on a file system without", (arch) => {
  const program = seccompProgram(arch);
  const unsupported = Array.from({ length: 1024 }, (_, number) => number).filter(
    (number) => answer(program, AUDIT[arch], number) === error(EOPNOTSUPP),
  );
  expect(new Set(unsupported)).toEqual(new Set(Object.values(ATTRIBUTE_CALLS).map((call) => call[arch])));
  expect(unsupported).toHaveLength(8);
});

test.each([
  ["x64", 56, 272],
  ["arm64", 220, 97],
] as const)(
  "%s: clone and unshare may not make a namespace, but threads and processes",
  (arch, clone, unshare) => {
    const program = seccompProgram(arch);
    const call = (number: number, first: number) => answer(program, AUDIT[arch], number, first);
    for (const flag of [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000]) {
      expect(call(clone, flag | 17)).toBe(error(EPERM));
      expect(call(unshare, flag)).toBe(error(EPERM));
    }
    expect(call(unshare, 0x80)).toBe(error(EPERM));
    expect(call(clone, 0x3d0f00)).toBe(ALLOW);
    expect(call(clone, 17)).toBe(ALLOW);
    expect(call(unshare, 0x400)).toBe(ALLOW);
    expect(call(435, 0)).toBe(error(ENOSYS));
  },
);

test.each([
  ["x64", 41],
  ["arm64", 198],
] as const)("%s: sockets of families that could leave the network namespace do not exist", (arch, socket) => {
  const program = seccompProgram(arch);
  const open = Array.from({ length: 64 }, (_, family) => family).filter(
    (family) => answer(program, AUDIT[arch], socket, family) === ALLOW,
  );
  expect(open).toEqual([1, 2, 10, 16]);
  expect(answer(program, AUDIT[arch], socket, 40)).toBe(error(EAFNOSUPPORT));
});

test.each([
  ["x64", 135],
  ["arm64", 92],
] as const)(
  "%s: no personality that turns a protection off may be taken, and each may be asked for",
  (arch, personality) => {
    const call = (first: number) => answer(seccompProgram(arch), AUDIT[arch], personality, first);
    for (const first of [0, 0x8, 0x20000, 0x20008, 0xffffffff]) expect(call(first)).toBe(ALLOW);
    // READ_IMPLIES_EXEC, MMAP_PAGE_ZERO, ADDR_NO_RANDOMIZE, and the first beside one that may be taken.
    for (const first of [0x400000, 0x100000, 0x40000, 0x400008]) expect(call(first)).toBe(error(EPERM));
  },
);

test("a foreign architecture is killed, and x32 does not exist", () => {
  for (const arch of ARCHS) {
    expect(answer(seccompProgram(arch), AUDIT.i386, 0)).toBe(KILL);
    expect(answer(seccompProgram(arch), AUDIT[arch === "x64" ? "arm64" : "x64"], 0)).toBe(KILL);
  }
  expect(answer(seccompProgram("x64"), AUDIT.x64, 0x40000000)).toBe(error(ENOSYS));
  expect(answer(seccompProgram("x64"), AUDIT.x64, 0x40000000 + 425)).toBe(error(ENOSYS));
});

test("there is no filter for another architecture", () => {
  expect(filterArch("riscv64")).toBeNull();
  expect(filterArch("x64")).toBe("x64");
});
