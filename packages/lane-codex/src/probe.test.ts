import { expect, test } from "vitest";
import { readProbe } from "./probe.ts";

const encoder = new TextEncoder();
const printed = (stdout: string, exitCode: number | null = 0, signal: string | null = null) =>
  readProbe({ exitCode, signal, stdout: encoder.encode(stdout), stderr: new Uint8Array() });

test.each(["0.104.0", "0.125.0", "0.150.0", "0.169.0"])("%s is available without a note", (version) => {
  expect(printed(`codex-cli ${version}\n`)).toEqual({ state: "available", version, note: null });
});

test.each(["0.169.1", "0.170.0", "1.0.0"])("%s is newer than tested and says so", (version) => {
  expect(printed(`codex-cli ${version}\n`)).toMatchObject({
    state: "available",
    version,
    note: expect.stringContaining("not tested"),
  });
});

test("a pre-release keeps its suffix and is noted", () => {
  expect(printed("codex-cli 0.150.0-alpha.2\n")).toMatchObject({
    version: "0.150.0-alpha.2",
    note: expect.stringContaining("pre-release"),
  });
});

test("a version between tested ones is available", () => {
  expect(printed("codex-cli 0.130.0\n")).toEqual({ state: "available", version: "0.130.0", note: null });
});

test.each(["0.103.9", "0.42.0", "0.0.1"])("%s is refused with a remedy", (version) => {
  expect(printed(`codex-cli ${version}\n`)).toMatchObject({
    state: "blocked",
    code: "VERSION_UNSUPPORTED",
    detail: expect.stringContaining(version),
    remedy: expect.stringContaining("npm install @openai/codex@"),
  });
});

test.each([
  ["nothing", "", 0, null],
  ["another tool", "pi 0.74.2\n", 0, null],
  ["half a version", "codex-cli 0.169\n", 0, null],
  ["a failing process", "codex-cli 0.169.0\n", 1, null],
  ["a killed process", "codex-cli 0.169.0\n", null, "SIGKILL"],
  ["bytes that are no text", "\u0000\ufffd", 0, null],
] as const)("%s is no probe answer", (_name, stdout, exitCode, signal) => {
  expect(printed(stdout, exitCode, signal)).toMatchObject({ state: "blocked", code: "PROBE_FAILED" });
});

test("a warning line before the version does not hide it", () => {
  expect(printed("WARNING: something\ncodex-cli 0.169.0\n")).toMatchObject({ state: "available" });
});
