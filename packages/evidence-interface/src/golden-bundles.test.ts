import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readBundle } from "./fs/index.ts";
import { FINDING_CODES } from "./index.ts";
import { sampleTrial, sealFiles, testKeys } from "./testing/index.ts";

const root = fileURLToPath(new URL("../fixtures/v1", import.meta.url));
const { trusted } = testKeys();
const folders = (kind: string) => readdirSync(join(root, kind)).toSorted();
const read = (folder: string) => readBundle(folder, { trusted });

/** Made at test time instead: links, FIFOs, unreadable and oversized files cannot be stored in a repository. */
const NOT_ON_DISK = ["UNREADABLE", "NOT_A_FILE", "INPUT_TOO_LARGE"];

describe("golden bundles of version 1", () => {
  it("are all there", () => {
    expect(folders("good")).toEqual([
      "codex-completed",
      "failed-boundary",
      "fake-completed",
      "lane-unavailable",
      "timed-out",
      "usage-observed",
    ]);
    expect(folders("withheld")).toEqual(["artifact", "segment"]);
    expect(folders("bad").length).toBe(71);
  });

  it.each(folders("good"))("reads %s without a finding and with the report it stores", async (name) => {
    const folder = join(root, "good", name);
    const bundle = await read(folder);
    expect(bundle.findings).toEqual([]);
    expect(JSON.stringify(bundle.report)).toBe(readFileSync(join(folder, "report.json"), "utf8"));
  });

  it("end as their names say", async () => {
    const closures = await Promise.all(
      folders("good").map(async (name) => [
        name,
        (await read(join(root, "good", name))).report?.closure.class,
      ]),
    );
    expect(Object.fromEntries(closures)).toEqual({
      "codex-completed": "NONE",
      "failed-boundary": "BOUNDARY_VIOLATION",
      "fake-completed": "NONE",
      "lane-unavailable": "LANE_UNAVAILABLE",
      "timed-out": "TIMEOUT_TOTAL",
      "usage-observed": "NONE",
    });
  });

  it.each(folders("withheld"))("reads %s as withheld, with nothing wrong in what is left", async (name) => {
    const { state, findings } = await read(join(root, "withheld", name));
    expect(state).toBe("withheld");
    expect(findings).toMatchObject([{ code: "ARTIFACT_MISSING", rule: "withheld" }]);
  });

  it.each(folders("bad"))("finds %s", async (name) => {
    const folder = join(root, "bad", name);
    const expected: { code: string; rule: string; file: string } = JSON.parse(
      readFileSync(join(folder, "expected.json"), "utf8"),
    );
    expect(name.startsWith(`${expected.code}.${expected.rule}`)).toBe(true);
    expect((await read(join(folder, "bundle"))).findings).toContainEqual(expect.objectContaining(expected));
  });

  it("hold a bad bundle for every finding code that can be stored", () => {
    const covered = new Set(folders("bad").map((name) => name.split(".")[0]));
    expect(FINDING_CODES.filter((code) => !covered.has(code))).toEqual(NOT_ON_DISK);
  });

  it("still come out of the writer byte for byte", () => {
    const folder = join(root, "good", "codex-completed");
    for (const [path, bytes] of sealFiles(sampleTrial({ lane: "codex" })))
      expect([path, readFileSync(join(folder, path))]).toEqual([path, Buffer.from(bytes)]);
  });
});
