import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  sampleTrial,
  sealFiles,
  testKeys,
  writeSampleBundle,
  writeSampleLog,
  type SampleTrial,
} from "../testing/index.ts";
import { SealError, sealBundle } from "./write-bundle.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stage6-write-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const target = () => join(root, "runs/bundle");
const stage = (trial: SampleTrial = sampleTrial(), log: Uint8Array = writeSampleLog(trial.events)) => {
  const staging = mkdtempSync(join(root, "staging-"));
  mkdirSync(join(staging, "artifacts"));
  writeFileSync(join(staging, "events.jsonl"), log);
  for (const [path, artifact] of trial.artifacts) writeFileSync(join(staging, path), artifact.bytes);
  return {
    staging,
    root,
    target: target(),
    observation: trial.observation,
    roles: trial.artifacts,
    key: testKeys().runner.privateKey,
  };
};
const codeOf = async (input: ReturnType<typeof stage>) =>
  sealBundle(input).then(
    () => "sealed",
    (error: unknown) => (error instanceof SealError ? error.code : "other"),
  );

describe("sealBundle", () => {
  it("writes byte for byte what sealing in memory gives", async () => {
    await writeSampleBundle(target(), { lane: "codex" });
    const files = sealFiles(sampleTrial({ lane: "codex" }));
    for (const [path, bytes] of files)
      expect([path, readFileSync(join(target(), path))]).toEqual([path, Buffer.from(bytes)]);
    expect(readdirSync(target()).toSorted()).toEqual([
      "artifacts",
      "bundle.dsse.json",
      "events.jsonl",
      "manifest.json",
      "report.json",
    ]);
  });

  it("lets the first writer win, and keeps what he wrote", async () => {
    const results = await Promise.all([
      codeOf(stage(sampleTrial({ number: 1 }))),
      codeOf(stage(sampleTrial({ number: 2 }))),
      codeOf(stage(sampleTrial({ number: 3 }))),
    ]);
    expect(results.toSorted()).toEqual(["TARGET_EXISTS", "TARGET_EXISTS", "sealed"]);
    const before = readFileSync(join(target(), "manifest.json"));
    expect(await codeOf(stage(sampleTrial({ number: 4 })))).toBe("TARGET_EXISTS");
    expect(readFileSync(join(target(), "manifest.json"))).toEqual(before);
  });

  it("refuses an existing target of any kind: an empty folder, a file, a dangling link", async () => {
    mkdirSync(target(), { recursive: true });
    expect(await codeOf(stage())).toBe("TARGET_EXISTS");
    rmSync(target(), { recursive: true });
    writeFileSync(target(), "");
    expect(await codeOf(stage())).toBe("TARGET_EXISTS");
    rmSync(target());
    symlinkSync("nowhere", target());
    expect(await codeOf(stage())).toBe("TARGET_EXISTS");
  });

  it("leaves no half bundle when the staged evidence is faulty", async () => {
    const good = writeSampleLog(sampleTrial().events);
    const extra = stage();
    writeFileSync(join(extra.staging, "artifacts/unknown.bin"), "");
    const link = stage();
    symlinkSync("x", join(link.staging, "artifacts/link"));
    for (const input of [
      stage(sampleTrial(), good.subarray(0, -1)),
      stage(sampleTrial(), Buffer.of()),
      extra,
      link,
    ]) {
      expect(await codeOf(input)).toBe("STAGING_INVALID");
      expect(existsSync(target())).toBe(false);
    }
  });
});
