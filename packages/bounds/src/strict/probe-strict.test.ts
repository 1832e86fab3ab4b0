import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { probeStrict } from "./probe-strict.ts";

/** A folder with a program called bwrap that prints `line`. */
function fakeBwrap(line: string, mode = 0o755): string {
  const folder = mkdtempSync(join(tmpdir(), "bwrap-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "bwrap");
  writeFileSync(file, `#!/bin/sh\necho '${line}'\n`);
  chmodSync(file, mode);
  return folder;
}
const at = (searchPath: string) => probeStrict({ platform: "linux", arch: "x64", searchPath });

test.each(["darwin", "win32"])("on %s there are no strict bounds", async (platform) => {
  expect(await probeStrict({ platform })).toMatchObject({ ok: false, code: "NOT_LINUX" });
});

test("an architecture without a filter is refused, because nothing would stop its system calls", async () => {
  expect(await probeStrict({ platform: "linux", arch: "riscv64" })).toMatchObject({
    ok: false,
    code: "ARCH_UNSUPPORTED",
  });
});

test("a missing bubblewrap is told with the command that installs it", async () => {
  const probed = await at("/nonexistent:relative");
  expect(probed).toMatchObject({ ok: false, code: "BWRAP_MISSING" });
  expect(probed.ok ? "" : probed.cure).toContain("install bubblewrap");
});

test.each([0o4755, 0o2755])(
  "a bubblewrap of mode %o runs with rights of its owner and is refused",
  async (mode) => {
    expect(await at(fakeBwrap("bubblewrap 0.11.0", mode))).toMatchObject({ ok: false, code: "BWRAP_SETUID" });
  },
);

test.each([
  ["bubblewrap 0.7.0", "BWRAP_TOO_OLD"],
  ["bubblewrap", "BWRAP_UNREADABLE"],
  ["something else 9.9", "BWRAP_UNREADABLE"],
])("a program that says %s is refused as %s", async (line, code) => {
  expect(await at(fakeBwrap(line))).toMatchObject({ ok: false, code });
});

test("a program that only claims to be bubblewrap confines nothing and is refused", async () => {
  expect(await at(fakeBwrap("bubblewrap 0.9.0"))).toMatchObject({ ok: false, code: "PROFILE_FAILED" });
});
