import { expect, test } from "vitest";
import { findSurvivors, type RunTies } from "./find-survivors.ts";
import type { ProcessRow } from "./process-table.ts";

const ties: RunTies = {
  group: 100,
  marker: "m-1",
  channels: ["socket:[7]", "socket:[9]"],
  ownDirs: ["/t/work"],
  harnessPid: 50,
};
const row = (more: Partial<ProcessRow>): ProcessRow => ({
  pid: 200,
  parent: 1,
  group: 200,
  start: "9",
  command: "x",
  environment: "",
  cwd: "/",
  channels: [],
  ...more,
});
const how = (more: Partial<ProcessRow>, others: ProcessRow[] = [], own: RunTies = ties): string | undefined =>
  findSurvivors([row(more), ...others], own)[0]?.how;

test("a process belongs by its group, its marker, an open end of the output, or its directory", () => {
  expect(how({ group: 100 })).toBe("group");
  expect(how({ environment: "A=1\0STAGE6_RUN=m-1\0" })).toBe("marker");
  expect(how({ channels: ["pipe:[1]", "socket:[7]"] })).toBe("channel");
  expect(how({ cwd: "/t/work" })).toBe("cwd");
  expect(how({ cwd: "/t/work/a (deleted)" })).toBe("cwd");
});

test("being new, an orphan or near is not belonging", () => {
  expect(how({})).toBeUndefined();
  expect(how({ cwd: "/t/workshop" })).toBeUndefined();
  expect(how({ cwd: null })).toBeUndefined();
  expect(how({ channels: ["socket:[8]"] }, [], { ...ties, channels: [] })).toBeUndefined();
});

test("the harness and its helpers at work in the run's directory are left alone, but not as process 1", () => {
  expect(how({ pid: 50, group: 100 })).toBeUndefined();
  expect(how({ parent: 60, cwd: "/t/work" }, [row({ pid: 60, parent: 50 })])).toBeUndefined();
  expect(how({ parent: 1, cwd: "/t/work" }, [], { ...ties, harnessPid: 1 })).toBe("cwd");
});
