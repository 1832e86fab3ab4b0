import { constants } from "node:os";
import { expect, test } from "vitest";
import { readBridgeEnd, readNamespaces } from "./read-status.ts";

const STATUS =
  '{ "child-pid": 22541, "cgroup-namespace": 6, "ipc-namespace": 1, "mnt-namespace": 2, "net-namespace": 3, "pid-namespace": 4, "uts-namespace": 5 }\n{ "exit-code": 3 }\n';

test("namespaces are read from what bubblewrap 0.8 tells, and null when it told nothing", () => {
  expect(readNamespaces(STATUS)).toEqual({ ipc: 1, mnt: 2, net: 3, pid: 4 });
  expect(readNamespaces("")).toBeNull();
  expect(readNamespaces('{"child-pid":1}\n')).toBeNull();
  expect(readNamespaces(STATUS.replace('"net-namespace": 3', '"net-namespace": "3"'))).toBeNull();
});

test.each([
  ['{"exitCode":3,"signal":null,"error":null}\n', { exitCode: 3, signal: null, error: null }],
  ['{"exitCode":null,"signal":"SIGSEGV","error":null}\n', { exitCode: null, signal: "SIGSEGV", error: null }],
  [
    '{"exitCode":null,"signal":null,"error":{"code":"ENOENT","message":"no"}}\n',
    { exitCode: null, signal: null, error: { code: "ENOENT", message: "no" } },
  ],
  ["", null],
  ["nonsense\n", null],
  ['{"exitCode":300}\n', null],
  ['{"signal":"SIGNONE"}\n', null],
  ['{"signal":"toString"}\n', null],
])("the bridge's record %s is read or passed over", (text, end) => {
  expect(readBridgeEnd(text, constants.signals)).toEqual(end);
});
