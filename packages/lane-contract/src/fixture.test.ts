import { validateDocument } from "@stage6/evidence-interface";
import { describe, expect, it } from "vitest";
import { Fixture } from "./fixture.ts";

const zero = `sha256:${"0".repeat(64)}`;
const withOracleFile = (path: string): unknown => ({
  schemaVersion: "1.0",
  id: "one",
  title: "One",
  repository: { bundle: "repo.bundle", baseCommit: "a".repeat(40), baseTree: "b".repeat(40) },
  task: { file: "task.md", sha256: zero },
  allowedPaths: ["src/**"],
  expects: "change",
  oracle: { argv: ["true"], files: [{ path, sha256: zero }] },
  script: null,
});

describe("the oracle's files of a fixture", () => {
  it.each(["a.js", "tests/a.test.js", ".hidden/..a", "a b/c"])("may be called %j", (path) => {
    expect(validateDocument(Fixture, withOracleFile(path)).ok).toBe(true);
  });

  it.each(["../a", "a/../b", "/a", "a//b", "./a", "a/.", "..", "", "a\\..\\b"])(
    "may not leave the tree as %j",
    (path) => {
      expect(validateDocument(Fixture, withOracleFile(path)).ok).toBe(false);
    },
  );
});
