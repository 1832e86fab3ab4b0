import { chmodSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { stampFolder } from "./folder-stamp.ts";
import { removeTempFolders, tempFolder } from "./testing/temp-folder.ts";

afterAll(removeTempFolders);
/** A date that can be put back exactly. */
const WRITTEN = 1_700_000_000;

async function folder(): Promise<string> {
  const at = join(await tempFolder(), "bundle");
  mkdirSync(join(at, "artifacts"), { recursive: true });
  for (const name of ["report.json", "artifacts/a", "artifacts/b"]) {
    writeFileSync(join(at, name), "1234");
    utimesSync(join(at, name), WRITTEN, WRITTEN);
  }
  return at;
}

describe.runIf(process.platform === "linux")("a stamp", () => {
  test("says nothing of what was written a moment ago, and stays as long as nothing is written", async () => {
    const at = await folder();
    expect(stampFolder(at)).toBeNull();
    await sleep(2100);
    const stamp = stampFolder(at);
    expect(stamp).toMatch(/^[0-9a-f]{64}$/);
    readFileSync(join(at, "report.json"));
    expect(stampFolder(at)).toBe(stamp);
  });

  test.each([
    ["the same bytes are written", (file: string) => writeFileSync(file, "1234")],
    ["one byte is another", (file: string) => writeFileSync(file, "1235")],
    ["the mode is another", (file: string) => chmodSync(file, 0o600)],
  ])("is another or none when %s, though the date is put back", async (_what, act) => {
    const at = await folder();
    await sleep(2100);
    const stamp = stampFolder(at);
    const file = join(at, "artifacts/a");
    act(file);
    utimesSync(file, WRITTEN, WRITTEN);
    expect(stampFolder(at)).not.toBe(stamp);
    await sleep(2100);
    expect(stampFolder(at)).not.toBe(stamp);
  });

  test("is another when a file got another's place", async () => {
    const at = await folder();
    await sleep(2100);
    const stamp = stampFolder(at);
    await rename(join(at, "artifacts/a"), join(at, "artifacts/c"));
    await rename(join(at, "artifacts/b"), join(at, "artifacts/a"));
    await rename(join(at, "artifacts/c"), join(at, "artifacts/b"));
    await sleep(2100);
    expect(stampFolder(at)).not.toBe(stamp);
  });

  test("is none for a folder that holds a link, and for none at all", async () => {
    const at = await folder();
    symlinkSync("a", join(at, "artifacts/l"));
    await sleep(2100);
    expect(stampFolder(at)).toBeNull();
    expect(stampFolder(join(at, "gone"))).toBeNull();
    expect(stampFolder(join(at, "report.json"))).not.toBeNull();
    expect(stampFolder("/proc/self")).toBeNull();
  });
});
