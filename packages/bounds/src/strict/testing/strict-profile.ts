import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProcessSpec } from "../../process/process-spec.ts";
import { giveTo } from "../dedicated-user.ts";
import { probeStrict } from "../probe-strict.ts";
import type { Mount, StrictProfile } from "../strict-profile.ts";

/** A profile of this host and private folders for one test. Throws where strict bounds cannot be had: such a test never skips. */
export async function openStrictPlace(onEnd: (clean: () => void) => void) {
  const driver = await probeStrict();
  if (!driver.ok) throw new Error(`${driver.code}: ${driver.detail}. ${driver.cure}`);
  const folder = mkdtempSync(join(tmpdir(), "strict-test-"));
  onEnd(() => rmSync(folder, { recursive: true, force: true }));
  const [workspace, notes] = [mkdtempSync(join(folder, "ws-")), mkdtempSync(join(folder, "notes-"))];
  await giveTo(driver.user, [workspace]);
  const profile = (mounts: readonly Mount[] = []): StrictProfile => ({
    ...driver,
    mounts: [{ path: workspace, writable: true }, ...mounts],
  });
  const spec = (script: string): ProcessSpec => ({
    argv: ["/bin/sh", "-c", script],
    cwd: workspace,
    env: { PATH: "/usr/bin:/bin" },
    stdin: null,
    limits: { totalMs: 20_000, idleMs: 20_000, outputBytes: 1e6, lineBytes: 1e5 },
    stdoutFile: join(notes, "stdout"),
    stderrFile: join(notes, "stderr"),
    graceMs: 300,
  });
  return { driver, folder, workspace, notes, profile, spec };
}
