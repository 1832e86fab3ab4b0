import { describe, expect, it } from "vitest";
import { baseCommitId, treeId } from "./git-objects.ts";
import { knownMatrix } from "./known-matrix.ts";
import { leavesTrial } from "./injector.ts";
import { rowFixture } from "./row-fixture.ts";

const rows = knownMatrix().rows;
const fixtures = rows.flatMap((row) =>
  row.ways.flatMap(({ injector }, at) => (leavesTrial(injector) ? [rowFixture(row, at)] : [])),
);

describe("rowFixture", () => {
  it("gives every way a fixture of its own, so that a bundle names the way it was driven into", () => {
    expect(new Set(fixtures.map(({ digest }) => digest)).size).toBe(fixtures.length);
    expect(new Set(fixtures.map(({ id }) => id)).size).toBe(fixtures.length);
  });

  it("refuses a way that leaves no trial (ROW_UNKNOWN)", () => {
    const row = rows.find(({ id }) => id === "F15");
    if (row === undefined) throw new Error("no F15");
    expect(() => rowFixture(row, 0)).toThrow(expect.objectContaining({ code: "ROW_UNKNOWN" }));
  });
});

describe("treeId and baseCommitId", () => {
  it("are the ids that git gives (measured with git 2.39)", () => {
    const tree = treeId([
      { path: "README.md", content: "a target\n" },
      { path: "docs/guide.md", content: "guide\n" },
      { path: "src/value.txt", content: "old\n" },
    ]);
    expect([tree, baseCommitId(tree)]).toEqual([
      "839746ce263d56903048ce53b0ece172d78c96df",
      "4428e574a13964eb02323f155359778cf79d509c",
    ]);
  });
});
