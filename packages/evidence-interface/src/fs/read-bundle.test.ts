import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testKeys, writeSampleBundle } from "../testing/index.ts";
import { readBundle } from "./read-bundle.ts";

let root = "";
let folder = "";
const codes = async () =>
  (await readBundle(folder, { trusted: testKeys().trusted })).findings.map(
    (finding) => `${finding.code}/${finding.rule} ${finding.file}`,
  );

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "stage6-read-"));
  folder = join(root, "bundle");
  await writeSampleBundle(folder, { lane: "codex" });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("readBundle", () => {
  it("reads a sealed bundle without a finding", async () => {
    expect(await codes()).toEqual([]);
  });

  it("follows no link, to a file or to a folder", async () => {
    const path = join(folder, "artifacts/stdout.raw");
    writeFileSync(join(root, "elsewhere"), "");
    unlinkSync(path);
    symlinkSync(join(root, "elsewhere"), path);
    symlinkSync(root, join(folder, "artifacts/loop"));
    expect(await codes()).toEqual(
      expect.arrayContaining(["NOT_A_FILE/link artifacts/loop", "NOT_A_FILE/link artifacts/stdout.raw"]),
    );
  });

  it.skipIf(process.platform === "win32")(
    "does not hang on a FIFO in the place of any document",
    { timeout: 20_000 },
    async () => {
      for (const path of ["events.jsonl", "report.json", "artifacts/extra"]) {
        rmSync(join(folder, path), { force: true });
        execFileSync("mkfifo", [join(folder, path)]);
      }
      expect(await codes()).toEqual(
        expect.arrayContaining([
          "NOT_A_FILE/fifo events.jsonl",
          "NOT_A_FILE/fifo report.json",
          "NOT_A_FILE/fifo artifacts/extra",
        ]),
      );
    },
  );

  it("says unreadable of a folder that is not there and of a file with a name that is no text", async () => {
    expect((await readBundle(join(root, "nowhere"), { trusted: new Map() })).findings[0]).toMatchObject({
      code: "UNREADABLE",
      rule: "folder",
      file: ".",
    });
    if (process.platform !== "linux") return;
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/artifacts/`), Buffer.of(0xff)]), "");
    expect(await codes()).toContainEqual(expect.stringMatching(/^UNREADABLE\/file artifacts\//));
  });

  it("gives up a document that is too large and reads the rest", async () => {
    truncateSync(join(folder, "report.json"), 64 * 1024 * 1024 + 1);
    expect(await codes()).toEqual([
      "INPUT_TOO_LARGE/document report.json",
      "DIGEST_MISMATCH/size report.json",
    ]);
  });

  it("stops at a folder with too many entries, empty folders and links included", async () => {
    const many = join(folder, "artifacts/many");
    mkdirSync(many);
    for (let at = 0; at < 5001; at++) {
      mkdirSync(join(many, `d${at}`));
      symlinkSync("x", join(many, `l${at}`));
    }
    expect(await codes()).toContainEqual(expect.stringMatching(/^INPUT_TOO_LARGE\/entries/));
  });

  it("finds bytes that were added after sealing", async () => {
    appendFileSync(join(folder, "artifacts/stdout.raw"), "more\n");
    writeFileSync(join(folder, "artifacts/extra.txt"), "");
    expect(await codes()).toEqual(
      ["ARTIFACT_EXTRA/unlisted artifacts/extra.txt", "DIGEST_MISMATCH/size artifacts/stdout.raw"]
        .toSorted()
        .toReversed(),
    );
  });

  it("trusts no signer it was not given", async () => {
    expect(
      (await readBundle(folder, { trusted: new Map() })).findings.map((finding) => finding.code),
    ).toEqual(["SIGNER_UNKNOWN"]);
  });
});
