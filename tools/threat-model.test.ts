import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readAllTitles } from "./trace/read-trace.ts";

const root = join(import.meta.dirname, "..");

it("every threat of the threat model names a test that exists", () => {
  const rows = readFileSync(join(root, "THREAT_MODEL.md"), "utf8").match(/^\| T\d+ \|.*$/gm) ?? [];
  expect(rows.length).toBeGreaterThan(20);
  const titles = new Set(readAllTitles(root).map(({ title }) => title));
  const unnamed = rows.filter((row) => !titles.has(/`([^`]+)` \|$/.exec(row)?.[1] ?? ""));
  expect(unnamed).toEqual([]);
});
