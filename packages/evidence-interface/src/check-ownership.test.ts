import { expect, test } from "vitest";
import { checkOwnership, type OwnedTarget } from "./check-ownership.ts";
import { OWNERSHIP_CLASSES, OwnershipRecord } from "./ownership.ts";
import { fitsSchema } from "./validate.ts";

const commit = (digit: string): string => digit.repeat(40);
const record: OwnershipRecord = {
  schemaVersion: "1.0",
  fixture: "shop",
  owner: "the operator",
  class: "owned-noncritical",
  consent: { statement: "May be changed in copies.", date: "2026-01-01" },
  allowedPaths: ["src/**", "test/**"],
  repository: { rootCommits: [commit("a")], baseCommit: commit("b"), origin: "https://example.invalid/shop" },
};
const target: OwnedTarget = {
  fixture: "shop",
  baseCommit: commit("b"),
  origin: "https://example.invalid/shop",
  allowedPaths: ["src/**"],
  rootCommits: [commit("a")],
};

test("a record covers its own repository, commit and paths, or fewer of them", () => {
  expect(fitsSchema(OwnershipRecord, record)).toBe(true);
  expect(checkOwnership(record, target)).toEqual([]);
  expect(checkOwnership(record, { ...target, allowedPaths: record.allowedPaths })).toEqual([]);
});

test("no record covers nothing", () => {
  expect(checkOwnership(null, target)).toEqual(["there is no ownership record"]);
});

test("every class but owned-noncritical is refused", () => {
  const refused = OWNERSHIP_CLASSES.filter(
    (name) => checkOwnership({ ...record, class: name }, target).length > 0,
  );
  expect(refused).toEqual(["production", "critical", "customer", "vendor", "external-developer", "unowned"]);
});

test.each([
  ["fixture", { fixture: "other" }],
  ["commit", { baseCommit: commit("c") }],
  ["repository", { origin: "https://example.invalid/other" }],
  ["repository without origin", { origin: null }],
  ["history", { rootCommits: [commit("a"), commit("d")] }],
  ["set of paths", { allowedPaths: ["src/**", "docs/**"] }],
  ["wider path", { allowedPaths: ["**"] }],
])("a record for another %s covers nothing", (_name, change) => {
  expect(checkOwnership(record, { ...target, ...change })).toHaveLength(1);
});

test("a consent without words, a day that is none and an unknown key are no record", () => {
  for (const broken of [
    { ...record, consent: { ...record.consent, statement: "" } },
    { ...record, consent: { ...record.consent, date: "2026-13-01" } },
    { ...record, approvedBy: "lane" },
    { ...record, allowedPaths: [] },
  ])
    expect(fitsSchema(OwnershipRecord, broken)).toBe(false);
});
