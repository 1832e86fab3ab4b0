import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runTool } from "../../tools/run-tool.ts";
import { buildProgram } from "./build-program.ts";
import { number, text, type Step } from "./step.ts";
import { exitOfError, systemCallProgram } from "./system-call-program.ts";

const HEADER_BYTES = 120;

/** Every kind of step and operand. */
const STEPS: readonly Step[] = [
  { step: "store", offset: 16, value: number(0x1122334455667788n) },
  { step: "store-result", offset: 40, slot: 1 },
  { step: "store-answer", offset: 8 },
  {
    step: "call",
    number: 221,
    operands: [{ kind: "argument", index: 1 }, { kind: "arguments-from", index: 1 }, { kind: "environment" }],
    into: 2,
    onError: "fail",
  },
  { step: "jump-if-zero", slot: 0, to: "fail" },
  { step: "label", name: "fail" },
  {
    step: "call",
    number: 94,
    operands: [
      { kind: "result", slot: 0 },
      { kind: "scratch", offset: 64 },
    ],
  },
];

test("arm64 code is what the GNU assembler makes of the same instructions", () => {
  const code = buildProgram("arm64", STEPS).subarray(HEADER_BYTES);
  const words = Array.from({ length: code.length / 4 }, (_, index) =>
    code
      .readUInt32LE(index * 4)
      .toString(16)
      .padStart(8, "0"),
  );
  expect(words.join(" ")).toBe(
    [
      "910003fc d14007ff", // mov x28, sp; sub sp, sp, 1, lsl 12
      "d28ef109 f2aaacc9 f2c66889 f2e22449 f9000be9", // movz, three movk x9; str x9, [sp, 16]
      "b9002bf4 b9000be0", // str w20, [sp, 40]; str w0, [sp, 8]
      "f9400b80 91004381 f9400389 8b090f82 91004042", // ldr x0, [x28, 16]; add x1, x28, 16; ldr x9, [x28]; add x2, x28, x9, lsl 3; add x2, x2, 16
      "d2801ba8 f2a00008 f2c00008 f2e00008 d4000001 aa0003f5 b7f80040", // x8 = 221; svc 0; mov x21, x0; tbnz x0, 63, +8
      "b4000033", // cbz x19, +4
      "aa1303e0 910103e1 d2800bc8 f2a00008 f2c00008 f2e00008 d4000001", // mov x0, x19; add x1, sp, 64; x8 = 94; svc 0
    ].join(" "),
  );
});

test("x64 code begins and reads its arguments as the GNU assembler writes it, but for wider displacements", () => {
  const code = buildProgram("x64", STEPS).subarray(HEADER_BYTES).toString("hex");
  expect(code.startsWith("4889e5" + "4881ec00100000" + "48b88877665544332211" + "4889842410000000")).toBe(
    true,
  );
  // mov rdi, [rbp+16]; lea rsi, [rbp+16]; mov rax, [rbp]; lea rdx, [rbp+rax*8+16]; mov eax, 221; syscall; mov r13, rax
  expect(code).toContain(
    "488bbd10000000" + "488db510000000" + "488b8500000000" + "488d54c510" + "b8dd000000" + "0f05" + "4989c5",
  );
});

test("a jump to a label that is not there is no program", () => {
  expect(() => buildProgram("x64", [{ step: "jump-if-zero", slot: 0, to: "nowhere" }])).toThrow(RangeError);
});

test.runIf(process.arch === "x64")(
  "a program of calls runs: it prints, reads its arguments and ends",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "program-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const options = { cwd: folder, env: {}, timeoutMs: 10_000, maxBytes: 4096 };
    const run = async (name: string, program: Buffer, ...args: readonly string[]) => {
      writeFileSync(join(folder, name), program, { mode: 0o755 });
      return runTool([join(folder, name), ...args], options);
    };
    const hello = buildProgram("x64", [
      { step: "call", number: 1, operands: [number(1), text("hello "), number(6)], onError: "end" },
      { step: "call", number: 1, operands: [number(1), { kind: "argument", index: 1 }, number(5)] },
      { step: "label", name: "end" },
      { step: "call", number: 231, operands: [number(7)] },
    ]);
    const said = await run("hello", hello, "world");
    expect([said.exitCode, said.stdout.toString()]).toEqual([7, "hello world"]);
    // getpid succeeds; a call without a number is ENOSYS.
    expect((await run("pid", systemCallProgram("x64", 39, 0))).exitCode).toBe(0);
    expect((await run("none", systemCallProgram("x64", 9999, 0))).exitCode).toBe(exitOfError(38));
  },
);
