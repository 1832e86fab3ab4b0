import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A new folder of the test's own, as a real path. */
export function makeTempFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), "stage6-runner-test-")));
}

/** Removes a folder of {@link makeTempFolder}. */
export function removeTempFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Waits until something holds; throws after 20 seconds. */
export async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !holds(); await sleep(20)) {
    if (Date.now() > end) throw new Error("deadline passed");
  }
}
