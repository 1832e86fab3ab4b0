import { expect, test } from "vitest";
import { readNamespaces, readSandboxExit, readSandboxPid } from "./read-status.ts";

const STATUS =
  '{ "child-pid": 22541, "cgroup-namespace": 6, "ipc-namespace": 1, "mnt-namespace": 2, "net-namespace": 3, "pid-namespace": 4, "uts-namespace": 5 }\n{ "exit-code": 3 }\n';

test("namespaces are read from what bubblewrap 0.8 tells, and null when it told nothing", () => {
  expect(readNamespaces(STATUS)).toEqual({ ipc: 1, mnt: 2, net: 3, pid: 4 });
  expect(readNamespaces("")).toBeNull();
  expect(readNamespaces('{"child-pid":1}\n')).toBeNull();
  expect(readNamespaces(STATUS.replace('"net-namespace": 3', '"net-namespace": "3"'))).toBeNull();
});

test("the sandbox's first process and exit code are read, and null where they are not given", () => {
  expect([readSandboxPid(STATUS), readSandboxExit(STATUS)]).toEqual([22541, 3]);
  for (const status of ["", "nonsense\n", '{"child-pid":1}\n', '{"child-pid":"22541"}\n{"exit-code":"3"}\n'])
    expect([readSandboxPid(status), readSandboxExit(status)]).toEqual([null, null]);
});
