import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CASE_ADAPTER_FILE, caseAdapterModule } from "./contracts/case-adapter.ts";
import { compareFileSet, writeFileSet } from "./file-set.ts";
import { goldenFiles } from "./golden/golden-files.ts";
import { rowPages } from "./matrix/row-pages.ts";
import { schemaFiles } from "./schemas/published-schema.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

describe("generated files", () => {
  it("hold the golden bundles exactly as the generator makes them", async () => {
    expect(
      await compareFileSet(join(root, "packages/evidence-interface/fixtures/v1"), goldenFiles()),
    ).toEqual([]);
  });

  it("keep the golden set below 1.5 MB", () => {
    expect([...goldenFiles().values()].reduce((sum, bytes) => sum + bytes.length, 0)).toBeLessThan(1_500_000);
  });

  it("hold the page of every row of the failure matrix exactly as the generator makes it", async () => {
    expect(await compareFileSet(join(root, "docs/matrix"), rowPages())).toEqual([]);
  });

  it("name the adapter of the Case lane that its source gives", () => {
    expect(readFileSync(join(root, CASE_ADAPTER_FILE), "utf8")).toBe(caseAdapterModule(root));
  });

  it("hold the published schemas exactly as the generator makes them", async () => {
    expect(await compareFileSet(join(root, "docs/schemas"), schemaFiles())).toEqual([]);
  });
});

describe("compareFileSet", () => {
  it("names files that are missing, that differ and that nobody generated", async () => {
    const folder = mkdtempSync(join(tmpdir(), "stage6-files-"));
    try {
      await writeFileSet(
        folder,
        new Map([
          ["a/same.txt", Buffer.from("x")],
          ["a/other.txt", Buffer.from("x")],
        ]),
      );
      writeFileSync(join(folder, "stray.txt"), "");
      const wanted = new Map([
        ["a/same.txt", Buffer.from("x")],
        ["a/other.txt", Buffer.from("y")],
        ["gone.txt", Buffer.from("")],
      ]);
      expect(await compareFileSet(folder, wanted)).toEqual([
        "differs: a/other.txt",
        "missing: gone.txt",
        "not generated: stray.txt",
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
