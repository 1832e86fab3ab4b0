import { expect, test } from "vitest";
import { claimedPath } from "./claimed-path.ts";

test.each([
  ["/w/repo/src/a", "src/a"],
  ["/w/repo/src/../../x", "/w/repo/src/../../x"],
  ["/w/repo", "/w/repo"],
  ["/w/repository/a", "/w/repository/a"],
  ["/etc/profile", "/etc/profile"],
  ["src/../x", "src/../x"],
])("a claim of %s is told as %s", (path, told) => {
  expect(claimedPath(path, "/w/repo")).toBe(told);
  expect(claimedPath(path, "/w/repo/")).toBe(told);
});
