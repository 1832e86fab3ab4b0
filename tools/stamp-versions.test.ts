import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

test("every adapter states the version of its package", () => {
  const words = ["tools/run-source.mjs", "tools/stamp-versions.ts", "--check"];
  const out = execFileSync(process.execPath, words, { encoding: "utf8", timeout: 60_000 });
  expect(out).toMatch(/^versions: [1-9][0-9]* adapters looked at\n$/);
});
