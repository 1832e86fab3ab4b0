import { expect, test } from "vitest";
import { probeProgram } from "./probe-program.ts";
import { readOutcomes } from "./read-outcomes.ts";

const TARGET = {
  inside: "/t/inside",
  protected: "/t/protected",
  repository: "/t/repository",
  outside: "/t/outside",
  outsideFile: "/t/outside/file",
  credential: "/t/outside/credential",
  link: "/t/inside/collected",
  remote: "/t/outside/remote.git",
  token: "the-token",
  tcpPort: 1,
  doorPort: 2,
  udp: { address: "127.0.0.1", port: 3 },
  unixSocket: "/t/s",
  abstractSocket: "s",
  harness: { pid: 7, start: "42", fd: 9 },
  sharedMemoryBytes: 1024,
  bwrap: "/usr/bin/bwrap",
};

/** Records of the program's attempts, all of them with one answer and the bytes that were read. */
function records(answer: number, read = ""): Buffer {
  const record = Buffer.alloc(1024);
  record.writeInt32LE(answer);
  record.write(read, 4);
  return Buffer.concat(Array.from({ length: 28 }, () => record));
}

test("an answer of the kernel is the outcome, by the name of the error", () => {
  const outcomes = readOutcomes(records(-30), TARGET);
  expect(outcomes).toMatchObject({ "write-inside": "EROFS" });
  expect(outcomes).not.toHaveProperty("git-push");
  expect(readOutcomes(records(-99_999), TARGET)).toMatchObject({ "write-inside": "FAILED" });
});

test("what was read decides, not that something was read", () => {
  expect(readOutcomes(records(9, "the-token"), TARGET)).toMatchObject({
    "write-inside": "ok",
    "read-credential": "ok",
    "tcp-loopback": "ok",
    "signal-host-process": "ESRCH",
    "read-kernel-state": "ok",
  });
  expect(readOutcomes(records(8, "the-token"), TARGET)).toMatchObject({ "read-credential": "OTHER" });
  expect(readOutcomes(records(0), TARGET)).toMatchObject({ "read-kernel-state": "EMPTY" });
});

test("a process of the harness's number is the harness when it started at the same time", () => {
  const stat = (start: string): string => `7 (a b) ) S ${"0 ".repeat(18)}${start} 0`;
  const outcome = (start: string) => readOutcomes(records(60, stat(start)), TARGET)?.["signal-host-process"];
  expect([outcome("42"), outcome("43")]).toEqual(["ok", "ESRCH"]);
});

test("a program of the shell succeeds with exit code 0; a probe that is called too keeps the call's error", () => {
  const lines = "open-helper-file 1\ngit-push 0\nfill-device-memory 1\nhold-capability 0\n";
  expect(readOutcomes(Buffer.concat([records(-28), Buffer.from(lines)]), TARGET)).toMatchObject({
    "open-helper-file": "REFUSED",
    "git-push": "ok",
    "fill-device-memory": "ENOSPC",
    "hold-capability": "ok",
  });
});

test("records that are not all there say nothing", () => {
  expect(readOutcomes(records(0).subarray(1), TARGET)).toBeNull();
  expect(readOutcomes(Buffer.alloc(0), TARGET)).toBeNull();
});

test("the program can be made for both processors", () => {
  expect(probeProgram("x64", TARGET).readUInt16LE(18)).toBe(62);
  expect(probeProgram("arm64", TARGET).readUInt16LE(18)).toBe(183);
});
