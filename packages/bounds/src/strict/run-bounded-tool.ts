import { runTool, type ToolOptions, type ToolResult } from "../tools/run-tool.ts";
import { confine } from "./confine.ts";
import type { Door } from "./open-door.ts";
import type { NamespaceIds } from "./read-status.ts";
import type { StrictProfile } from "./strict-profile.ts";

/** A short command's result, and what shows where it ran. */
export interface BoundedResult extends ToolResult {
  /** Why the command was not executed inside the bounds; null when it was. */
  readonly failure: string | null;
  readonly namespaces: NamespaceIds | null;
}

/**
 * Runs a short command inside the strict bounds, without input and with a deadline. `folder` is the harness's own, outside
 * of the view. Throws {@link BoundsError} `TOOL_NOT_STARTED` when bubblewrap itself cannot be started.
 */
export async function runBoundedTool(
  profile: StrictProfile,
  argv: readonly string[],
  options: Omit<ToolOptions, "passFds" | "onChannel">,
  folder: string,
  door: Door | null = null,
): Promise<BoundedResult> {
  const { cwd, env } = options;
  const confined = await confine(profile, { argv, cwd, env }, folder, door);
  try {
    const { passFds, onChannel, channel } = confined;
    // The command's folder is one of the sandbox's; bubblewrap itself starts where it always can.
    const tool = { ...options, cwd: "/", env: confined.env, passFds, onChannel };
    const result = await runTool(confined.argv, tool);
    const { ended, started, failure, notExecuted } = channel;
    const { exitCode } = ended ?? { exitCode: started ? result.exitCode : null };
    const why = failure ?? notExecuted ?? (started ? null : "the sandbox could not be made");
    return { ...result, exitCode, failure: why, namespaces: await confined.namespaces() };
  } finally {
    await confined.close();
  }
}
