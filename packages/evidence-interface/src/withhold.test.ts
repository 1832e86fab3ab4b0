import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readBundle } from "./fs/index.ts";
import { sampleTrial, sealFiles, testKeys } from "./testing/index.ts";
import { withhold } from "./withhold.ts";
import { segmentFile, WITHHELD_FILE } from "./withheld.ts";

const temp = mkdtempSync(join(tmpdir(), "stage6-withheld-"));
afterAll(() => rmSync(temp, { recursive: true, force: true }));
let made = 0;
const read = (files: ReadonlyMap<string, Uint8Array>) => {
  const folder = join(temp, String(made++));
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return readBundle(folder, { trusted: testKeys().trusted });
};
const good = sealFiles(sampleTrial());
const STDOUT = "artifacts/stdout.raw";
const withoutStdout = () => withhold(good, { files: new Map([[STDOUT, "holds a customer's name"]]) });
const withoutSegment = () => withhold(good, { segments: new Map([[0, "holds a customer's name"]]) });
const edited = (files: Map<string, Uint8Array>, path: string, from: string | RegExp, to: string) => {
  const before = Buffer.from(files.get(path) ?? Buffer.of()).toString("utf8");
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  return files.set(path, Buffer.from(after));
};
const told = async (files: ReadonlyMap<string, Uint8Array>) => {
  const { state, findings } = await read(files);
  return [state, ...findings.map(({ code, rule }) => `${code}/${rule}`)];
};

describe("a bundle with something withheld", () => {
  it("is complete before", async () => {
    expect(await told(good)).toEqual(["complete"]);
  });

  it("shows a withheld artifact as such, verifies the rest, and is never complete", async () => {
    const bundle = await read(withoutStdout());
    expect(bundle).toMatchObject({ state: "withheld", report: { outcome: "completed" } });
    expect(bundle.withheld).toMatchObject([{ path: STDOUT, reason: "holds a customer's name" }]);
    expect(bundle.findings).toMatchObject([{ code: "ARTIFACT_MISSING", rule: "withheld", file: STDOUT }]);
  });

  it("shows a log with a segment taken out as withheld, and proves the segments that are left", async () => {
    const files = withoutSegment();
    expect([...files.keys()]).not.toContain("events.jsonl");
    expect([...files.keys()]).toContain(segmentFile(1));
    expect(await told(files)).toEqual(["withheld", "ARTIFACT_MISSING/withheld"]);
  });

  it("leaves manifest and envelope byte for byte", () => {
    for (const files of [withoutStdout(), withoutSegment()])
      for (const path of ["manifest.json", "bundle.dsse.json"]) expect(files.get(path)).toBe(good.get(path));
  });

  it.each([
    ["an edited artifact", () => edited(withoutStdout(), "artifacts/patch.diff", "src", "lib"), "sha256"],
    [
      "an edited shown segment",
      () => edited(withoutSegment(), segmentFile(1), "run", "ran"),
      "shown-segment",
    ],
    [
      "another digest",
      () =>
        edited(
          withoutStdout(),
          WITHHELD_FILE,
          /"sha256":"sha256:.{64}/,
          `"sha256":"sha256:${"0".repeat(64)}`,
        ),
      "withheld-file",
    ],
    [
      "another manifest",
      () =>
        edited(
          withoutStdout(),
          WITHHELD_FILE,
          /"manifest":"sha256:.{64}/,
          `"manifest":"sha256:${"0".repeat(64)}`,
        ),
      "withheld-manifest",
    ],
    [
      "the report withheld",
      () => withhold(good, { files: new Map([["report.json", "why not"]]) }),
      "withheld-document",
    ],
    [
      "a withheld file that is there",
      () => withoutStdout().set(STDOUT, good.get(STDOUT) ?? Buffer.of()),
      "withheld-present",
    ],
    ["an extra file", () => withoutStdout().set("extra.txt", Buffer.of()), "unlisted"],
    [
      "a segment without its log withheld",
      () => withoutStdout().set(segmentFile(0), Buffer.of(1)),
      "unlisted",
    ],
    [
      "a file gone that is not named",
      () => {
        const files = withoutStdout();
        files.delete("artifacts/patch.diff");
        return files;
      },
      "listed",
    ],
    ["no reason", () => edited(withoutStdout(), WITHHELD_FILE, /"reason":"[^"]*"/, '"reason":""'), "schema"],
  ])("is invalid with %s", async (_, make, rule) => {
    const files = make();
    const [state, ...rules] = await told(files);
    expect(state).toBe("invalid");
    expect(rules.map((one) => one.split("/")[1])).toContain(rule);
  });

  it("withholds nothing that is not there", () => {
    expect(() => withhold(good, { files: new Map([["x", "y"]]) })).toThrow(RangeError);
    expect(() => withhold(good, { segments: new Map([[9, "y"]]) })).toThrow(RangeError);
  });
});
