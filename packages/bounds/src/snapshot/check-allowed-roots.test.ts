import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { compileAllowedPaths } from "../paths/compile-allowed-paths.ts";
import { checkAllowedRoots } from "./check-allowed-roots.ts";
import { takeSnapshot } from "./take-snapshot.ts";

test("a root that is or lies behind a link or a file is refused; one that is missing is fine", async () => {
  const root = mkdtempSync(join(tmpdir(), "roots-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "src"));
  writeFileSync(join(root, "file"), "");
  symlinkSync("src", join(root, "link"));
  const allowed = compileAllowedPaths(["**", "src/**", "new/a/**", "link/**", "link/x/*.ts", "file/**"]);
  if (!allowed.ok) throw new Error("globs");
  expect(checkAllowedRoots(allowed, await takeSnapshot(root))).toEqual([
    { root: "file", reason: "file is of type file in the base tree" },
    { root: "link", reason: "link is of type symlink in the base tree" },
    { root: "link/x", reason: "link is of type symlink in the base tree" },
  ]);
});
