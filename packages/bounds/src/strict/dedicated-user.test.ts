import { lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { dedicatedUser, giveTo } from "./dedicated-user.ts";

test("a folder is given with all below it, names that are no text included, and links by themselves", async () => {
  const folder = mkdtempSync(join(tmpdir(), "stage6-give-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const given = join(folder, "given");
  const odd = Buffer.concat([Buffer.from(`${given}/a/`), Buffer.from([0xff, 0xfe])]);
  mkdirSync(join(given, "a"), { recursive: true });
  writeFileSync(join(folder, "kept"), "");
  writeFileSync(odd, "");
  symlinkSync(join(folder, "kept"), join(given, "link"));
  // A harness that is not root has no other user: it gives what it has to itself.
  const user = (await dedicatedUser()) ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  await giveTo(user, [given]);
  const owners = [given, join(given, "a"), odd, join(given, "link")].map((path) => lstatSync(path).uid);
  expect(owners).toEqual([user.uid, user.uid, user.uid, user.uid]);
  expect(lstatSync(join(folder, "kept")).uid).toBe(process.getuid?.());
});

test("no user, nothing given; a folder that is not there has a code", async () => {
  await giveTo(null, ["/nowhere"]);
  await expect(giveTo({ uid: 1, gid: 1 }, ["/nowhere"])).rejects.toMatchObject({
    code: "STRICT_NOT_STARTED",
  });
});
