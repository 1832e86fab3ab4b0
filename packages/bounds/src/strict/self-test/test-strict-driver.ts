import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SelfTestRows } from "@stage6/evidence-interface";
import type { StrictDriver } from "../probe-strict.ts";
import { runSelfTest } from "./run-self-test.ts";

/** Runs the self-test of a driver outside of any trial. Throws {@link BoundsError} `STRICT_NOT_STARTED` when it tells nothing. */
export async function testStrictDriver(driver: StrictDriver): Promise<SelfTestRows> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), "stage6-self-test-"));
  try {
    return await runSelfTest({ ...driver, mounts: [] }, join(folder, "t"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
