import type { LaneRequest } from "@stage6/lane-contract";

/** The tool of the guard that runs a named command of the fixture. */
export const COMMAND_TOOL = "run_command";

/**
 * Tools offered to the model. `bash` is among them so that lanes are compared with equal means, unless the fixture names
 * commands: then those can be run and nothing else. Bounds are judged by effect either way.
 */
export function toolsOf({ commands }: Pick<LaneRequest, "commands">): readonly string[] {
  return commands === undefined ? ["read", "bash", "edit", "write"] : ["read", "edit", "write", COMMAND_TOOL];
}
