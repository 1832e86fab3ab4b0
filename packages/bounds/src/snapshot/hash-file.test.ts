import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { CHUNK_BYTES, hashFile as hashWith } from "./hash-file.ts";
import { pause } from "../process/within.ts";
import { readEntry } from "./read-entry.ts";
import type { SnapshotEntry } from "./snapshot-entry.ts";
import { Turn } from "./turn.ts";

const hashFile = (full: Buffer, entry: SnapshotEntry): Promise<string | null> =>
  hashWith(full, entry, Buffer.allocUnsafe(CHUNK_BYTES), new Turn());

function seenFile(content: string) {
  const dir = mkdtempSync(join(tmpdir(), "hash-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = join(dir, "f");
  writeFileSync(file, content);
  const found = readEntry(Buffer.from(file), "f");
  if (found === null) throw new Error("not found");
  return { dir, file, full: Buffer.from(file), entry: found.entry };
}

test("a file that is still the same has a digest, an empty one too", async () => {
  const { full, entry } = seenFile("");
  expect(await hashFile(full, entry)).toBe(
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
});

test("a file longer than one chunk is hashed whole", async () => {
  const { full, entry } = seenFile("x".repeat(600_000));
  const { createHash } = await import("node:crypto");
  expect(await hashFile(full, entry)).toBe(
    `sha256:${createHash("sha256").update("x".repeat(600_000)).digest("hex")}`,
  );
});

test("a file that grew, was replaced, became a link or went away since it was seen has none", async () => {
  const grown = seenFile("a");
  appendFileSync(grown.file, "b");
  expect(await hashFile(grown.full, grown.entry)).toBeNull();
  const replaced = seenFile("a");
  writeFileSync(join(replaced.dir, "g"), "a");
  renameSync(join(replaced.dir, "g"), replaced.file);
  expect(await hashFile(replaced.full, replaced.entry)).toBeNull();
  const linked = seenFile("a");
  renameSync(linked.file, join(linked.dir, "g"));
  symlinkSync("g", linked.file);
  expect(await hashFile(linked.full, linked.entry)).toBeNull();
  const gone = seenFile("a");
  rmSync(gone.file);
  expect(await hashFile(gone.full, gone.entry)).toBeNull();
});

test("a file written to while it is read has none, even when its size stays", async () => {
  const { file, full } = seenFile("");
  truncateSync(file, 2 ** 27);
  const found = readEntry(full, "f");
  if (found === null) throw new Error("not found");
  const hashing = hashFile(full, found.entry);
  await pause(20);
  const handle = openSync(file, "r+");
  writeSync(handle, "x", 0);
  closeSync(handle);
  expect(await hashing).toBeNull();
});
