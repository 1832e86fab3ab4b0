import { expect, test } from "vitest";
import { readProbe } from "./probe.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const printed = (stdout: string, stderr = "", exitCode: number | null = 0, signal: string | null = null) =>
  readProbe({ exitCode, signal, stdout: bytes(stdout), stderr: bytes(stderr) });

test("reads the version from stdout, as 0.87.1 prints it", () => {
  expect(printed("0.87.1\n")).toEqual({ state: "available", version: "0.87.1", note: null });
});

test("reads the version from stderr, as 0.74.2 prints it without a terminal", () => {
  expect(printed("", "0.74.2\n")).toEqual({ state: "available", version: "0.74.2", note: null });
});

test.each(["0.87.2", "0.99.1", "1.5.2"])("%s is newer than tested and says so", (version) => {
  expect(printed(`${version}\n`)).toMatchObject({ version, note: expect.stringContaining("not tested") });
});

test("a pre-release keeps its suffix and is noted", () => {
  expect(printed("0.80.0-beta.1\n")).toMatchObject({
    version: "0.80.0-beta.1",
    note: expect.stringContaining("pre-release"),
  });
});

test.each(["0.63.2", "0.73.1", "0.74.1"])("%s is refused: it runs on without its guard", (version) => {
  expect(printed(`${version}\n`)).toMatchObject({
    state: "blocked",
    code: "VERSION_UNSUPPORTED",
    detail: expect.stringContaining(version),
    remedy: expect.stringContaining("npm install @earendil-works/pi-coding-agent@"),
  });
});

test.each([
  ["nothing", "", "", 0, null],
  ["another tool", "codex-cli 0.169.0\n", "", 0, null],
  ["half a version", "0.87\n", "", 0, null],
  ["a Node that is too old", "", "SyntaxError: ... 'node:module' ...\n\nNode.js v20.20.2\n", 1, null],
  ["a failing process", "0.87.1\n", "", 1, null],
  ["a killed process", "0.87.1\n", "", null, "SIGKILL"],
] as const)("%s is no probe answer", (_name, stdout, stderr, exitCode, signal) => {
  expect(printed(stdout, stderr, exitCode, signal)).toMatchObject({ state: "blocked", code: "PROBE_FAILED" });
});
