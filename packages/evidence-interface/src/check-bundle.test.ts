import { describe, expect, it } from "vitest";
import { sha256 } from "./digest.ts";
import { checkFiles } from "./check-files.ts";
import type { TrialRef } from "./primitives.ts";
import type { Manifest } from "./manifest.ts";
import {
  sampleSelfTest,
  sampleStrictTrial,
  sampleTrial,
  sealFiles,
  testKeys,
  type SampleTrial,
  type SealFaults,
} from "./testing/index.ts";

const check = (files: Map<string, Uint8Array>, expected: TrialRef | null = null) =>
  checkFiles(files, testKeys().trusted, expected);
const codes = (faults: SealFaults, expected: TrialRef | null = null) =>
  check(sealFiles(sampleTrial(), faults), expected).findings.map(
    (finding) => `${finding.code}/${finding.rule}`,
  );

describe("checkBundle", () => {
  it("has no finding for a sound bundle and gives its documents and its identity", () => {
    const files = sealFiles();
    const bundle = check(files);
    expect(bundle.findings).toEqual([]);
    expect(bundle.report?.outcome).toBe("completed");
    expect(bundle.digest).toBe(sha256(files.get("manifest.json") ?? ""));
  });

  it("refuses a bundle that stands for another trial than expected, in each of its documents", () => {
    const other = { planId: "0123456789abcdef", lane: "fake", fixture: "fix-failing-test", number: 3 };
    expect(codes({}, other)).toEqual(Array.from({ length: 4 }, () => "TRIAL_MISMATCH/identity"));
  });

  it("names every document that is missing and does not stop at the first", () => {
    const files = new Map<string, Uint8Array>();
    expect(check(files).findings.map((finding) => finding.file)).toEqual([
      "report.json",
      "events.jsonl",
      "manifest.json",
      "bundle.dsse.json",
      "artifacts/observation.json",
    ]);
  });

  it("finds any one changed byte of any file", () => {
    for (const [path, bytes] of sealFiles()) {
      for (const at of [0, Math.floor(bytes.length / 2), bytes.length - 1]) {
        if (bytes.length === 0) continue;
        const files = sealFiles();
        const edited = Buffer.from(bytes);
        edited[at] = (edited[at] ?? 0) ^ 1;
        files.set(path, edited);
        expect(check(files).findings.length, `${path} byte ${at}`).toBeGreaterThan(0);
      }
    }
  });

  it("calls a manifest that points outside the bundle by its own name", () => {
    const point = (path: string): SealFaults => ({
      manifest: (made) => ({ ...made, files: [{ ...made.files[0], path }] }),
    });
    for (const path of ["../x", "a/../../x", "/etc/passwd", "C:\\x", "..\\x"])
      expect([path, ...codes(point(path))]).toContain("PATH_ESCAPE/manifest-path");
    expect(codes(point("a..b"))).not.toContain("PATH_ESCAPE/manifest-path");
  });

  it("refuses another attempt in manifest or statement", () => {
    const attemptId = "00000000-0000-4000-8000-000000000009";
    expect(codes({ manifest: (made) => ({ ...made, attemptId }) })).toContain("TRIAL_MISMATCH/attempt");
    expect(
      codes({ statement: (made) => ({ ...made, predicate: { ...made.predicate, attemptId } }) }),
    ).toContain("TRIAL_MISMATCH/attempt");
  });

  it("refuses a snapshot that is not the one the log speaks of, and a document under another role", () => {
    const zero = `sha256:${"0".repeat(64)}`;
    const snapshots = (made: Manifest): Manifest => ({
      ...made,
      files: made.files.map((file) => (file.role === "snapshot-after" ? { ...file, sha256: zero } : file)),
    });
    expect(codes({ manifest: snapshots })).toContain("EVENTS_INVALID/snapshot-digest");
    const roles = (made: Manifest): Manifest => ({
      ...made,
      files: made.files.map((file) => (file.path === "report.json" ? { ...file, role: "session" } : file)),
    });
    expect(codes({ manifest: roles })).toContain("SCHEMA_INVALID/document-role");
  });
});

describe("what is proven", () => {
  const found = (trial: SampleTrial) =>
    check(sealFiles(trial)).findings.map(({ code, rule, found: what }) => `${code}/${rule} ${what ?? ""}`);
  const unproven = (why: string): unknown[] => [
    expect.stringMatching(new RegExp(`^OBSERVATION_DIVERGED/unproven .*${why}`)),
  ];

  it("stands when the strict self-test in the bundle passed before and after", () => {
    expect(found(sampleStrictTrial(sampleSelfTest()))).toEqual([]);
  });

  it("is refused without a self-test, with half of one, and with one that failed", () => {
    expect(found(sampleStrictTrial(null))).toEqual(unproven("there is no self-test"));
    expect(found(sampleStrictTrial(sampleSelfTest({ after: null })))).toEqual(
      unproven("after: the self-test was not run"),
    );
    const before = (sampleSelfTest().before ?? []).map((row) => ({ ...row, bounded: "ok" }));
    expect(found(sampleStrictTrial(sampleSelfTest({ before })))).toEqual(unproven("write-outside succeeded"));
    expect(found(sampleStrictTrial(sampleSelfTest({ namespaces: null })))).toEqual(
      unproven("did not run inside"),
    );
  });

  it("is refused in the default tier, whatever self-test lies beside it", () => {
    expect(found(sampleStrictTrial(sampleSelfTest(), "default"))).toEqual([
      "OBSERVATION_DIVERGED/bounds-evidence default",
      ...unproven("there is no self-test"),
    ]);
  });

  it("is bound to the very self-test by digest, and the self-test to its trial", () => {
    const other = sampleStrictTrial(sampleSelfTest());
    const evidence = sha256("another");
    const swapped = {
      ...other,
      observation: { ...other.observation, bounds: { ...other.observation.bounds, evidence } },
    };
    expect(found(swapped)).toEqual([`OBSERVATION_DIVERGED/bounds-evidence ${evidence}`]);
  });
});
