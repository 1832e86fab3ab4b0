import { expect, test } from "vitest";
import { compareVersions, versionStanding } from "./compare-versions.ts";

test("versions are ordered by their numbers, not as text", () => {
  const sorted = ["0.9.0", "0.10.0", "0.100.2", "1.0.0"];
  expect(sorted.toReversed().toSorted(compareVersions)).toEqual(sorted);
  expect(compareVersions("0.169.0-alpha.1", "0.169.0")).toBe(0);
});

test.each([
  ["0.150.0", "tested"],
  ["0.169.0", "tested"],
  ["0.169.1", "beyond"],
  ["0.169.0-alpha.1", "beyond"],
  ["0.160.0", "untested"],
  ["0.42.0", "untested"],
])("%s stands as %s", (version, standing) => {
  expect(versionStanding(version, ["0.150.0", "0.169.0"])).toBe(standing);
});
