import { expect, test } from "vitest";
import { ALLOWED_PROBES, SELF_TEST_PROBES, boundsFaults, selfTestFaults } from "./bounds-self-test.ts";
import { sampleSelfTest } from "./testing/index.ts";

const evidence = sampleSelfTest();
const rows = evidence.before ?? [];
const change = (probe: string, row: { unbounded?: string; bounded?: string }) =>
  rows.map((one) => (one.probe === probe ? { ...one, ...row } : one));

test("twenty-one probes: three have to succeed within the bounds, eighteen have to fail", () => {
  expect(SELF_TEST_PROBES).toHaveLength(21);
  expect(ALLOWED_PROBES).toEqual(["write-inside", "remove-inside", "model-via-door"]);
  expect(selfTestFaults(rows)).toEqual([]);
});

test.each(SELF_TEST_PROBES)("a control of %s that fails takes the proof away", (probe) => {
  expect(selfTestFaults(change(probe, { unbounded: "EPERM" }))).toEqual([
    `${probe} gave EPERM without bounds, so its refusal proves nothing`,
  ]);
});

test.each(SELF_TEST_PROBES)("the wrong outcome of %s within the bounds takes the proof away", (probe) => {
  const wrong = ALLOWED_PROBES.includes(probe) ? "EACCES" : "ok";
  expect(selfTestFaults(change(probe, { bounded: wrong }))).toHaveLength(1);
});

test("a missing, cut or reordered table proves nothing", () => {
  expect(selfTestFaults(null)).toEqual(["the self-test was not run"]);
  expect(selfTestFaults(rows.slice(1))).toEqual(["the self-test is not whole"]);
  expect(selfTestFaults(rows.toReversed())).toEqual(["the self-test is not whole"]);
});

test("both tables, the profile and each namespace have to be there", () => {
  expect(boundsFaults(evidence)).toEqual([]);
  expect(boundsFaults({ ...evidence, after: null })).toEqual(["after: the self-test was not run"]);
  expect(boundsFaults({ ...evidence, namespaces: null })).toEqual([
    "the backend did not run inside the bounds",
  ]);
  const shared = { host: { ipc: 1, mnt: 2, net: 3, pid: 4 }, backend: { ipc: 5, mnt: 6, net: 3, pid: 8 } };
  expect(boundsFaults({ ...evidence, namespaces: shared })).toEqual([
    "the backend shared the harness's net namespace",
  ]);
});
