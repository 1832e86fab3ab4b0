import { open, readFile, rm } from "node:fs/promises";
import { runTool, type ToolOptions, type ToolResult } from "../tools/run-tool.ts";
import { bwrapArgv } from "./bwrap-argv.ts";
import { handOverFiles } from "./hand-over-files.ts";
import type { StrictProfile } from "./strict-profile.ts";

/** A short command's result, and what bubblewrap told about it. */
export interface BoundedResult extends ToolResult {
  readonly status: string;
}

/** Runs a short command inside the strict bounds, without input and with a deadline; the status file is made and removed. */
export async function runBoundedTool(
  profile: StrictProfile,
  argv: readonly string[],
  options: Omit<ToolOptions, "passFds">,
  statusFile: string,
): Promise<BoundedResult> {
  const filter = await open(profile.seccompFile, "r");
  const status = await open(statusFile, "wx", 0o600);
  const { passFds, close } = await handOverFiles([filter, status]);
  try {
    const { cwd, env } = options;
    const wrapped = bwrapArgv(profile, { argv, cwd, env });
    const result = await runTool(wrapped, { ...options, env: {}, passFds });
    return { ...result, status: await readFile(statusFile, "utf8") };
  } finally {
    await Promise.all([filter.close(), status.close(), close()]);
    await rm(statusFile, { force: true });
  }
}
