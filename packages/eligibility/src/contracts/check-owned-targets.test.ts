import { OWNERSHIP_CLASSES } from "@stage6/evidence-interface";
import { describe, expect, it } from "vitest";
import { codesOf } from "../testing/codes-of.ts";
import { wholeSample } from "../testing/sample-documents.ts";
import { ownershipFile } from "../testing/sample-targets.ts";

const { documents } = wholeSample();
const [fixture = ""] = documents.ownership.keys();
const owned = (change: Record<string, unknown>): string[] =>
  codesOf("ownership", { ...documents, ownership: new Map([[fixture, ownershipFile(fixture, change)]]) });

describe("the targets of a plan", () => {
  it("R15: are owned by the very record that the plan names", () => {
    expect(codesOf("ownership", documents)).toEqual([]);
  });

  it.each(OWNERSHIP_CLASSES.filter((kind) => kind !== "owned-noncritical"))(
    "R15: a target of the class %s is refused (TARGET_NOT_OWNED)",
    (kind) => {
      expect(owned({ class: kind })).toEqual(["TARGET_NOT_OWNED other-record", "TARGET_NOT_OWNED not-owned"]);
    },
  );

  it.each([
    ["another fixture", { fixture: "other" }],
    ["fewer paths", { allowedPaths: ["docs/**"] }],
    [
      "another commit",
      { repository: { rootCommits: ["0".repeat(40)], baseCommit: "0".repeat(40), origin: null } },
    ],
    [
      "another remote",
      {
        repository: {
          rootCommits: ["0".repeat(40)],
          baseCommit: documents.comparison?.plan.fixtures[0]?.baseCommit,
          origin: "https://example.invalid/other",
        },
      },
    ],
  ])("R15: a record about %s is refused (TARGET_NOT_OWNED)", (_what, change) => {
    expect(owned(change)).toEqual(["TARGET_NOT_OWNED other-record", "TARGET_NOT_OWNED not-owned"]);
  });

  it("R15: an absent record and one with unknown keys are refused (TARGET_NOT_OWNED)", () => {
    expect(codesOf("ownership", { ...documents, ownership: new Map() })).toEqual([
      "TARGET_NOT_OWNED missing",
    ]);
    expect(owned({ approved: true })).toEqual(["TARGET_NOT_OWNED schema"]);
  });

  it("R15: a record that the owner wrote again after the plan is not the plan's (TARGET_NOT_OWNED)", () => {
    expect(owned({ owner: "someone else" })).toEqual(["TARGET_NOT_OWNED other-record"]);
  });

  it("R15: a fixture that is not the plan's, or is gone, is refused (TARGET_NOT_OWNED)", () => {
    const file = documents.fixtures.get(fixture);
    const sound: object = JSON.parse(Buffer.from(file?.bytes ?? []).toString("utf8"));
    const task = { path: file?.path ?? "", bytes: Buffer.from(JSON.stringify({ ...sound, task: "other" })) };
    expect(codesOf("ownership", { ...documents, fixtures: new Map([[fixture, task]]) })).toEqual([
      "TARGET_NOT_OWNED other-target",
    ]);
    const other = { path: "fixtures/x/fixture.json", bytes: Buffer.from("{}") };
    expect(codesOf("ownership", { ...documents, fixtures: new Map() })).toEqual(["TARGET_NOT_OWNED missing"]);
    expect(codesOf("ownership", { ...documents, fixtures: new Map([[fixture, other]]) })).toEqual(
      expect.arrayContaining(["TARGET_NOT_OWNED schema"]),
    );
  });
});
