import type { LanePlan, LaneRequest } from "@stage6/lane-contract";
import { AGENT_FOLDER, agentFiles, PROVIDER } from "./agent-files.ts";
import { guardSource } from "./guard-source.ts";
import { systemPrompt } from "./system-prompt.ts";
import { toolsOf } from "./tools.ts";
import { hasProjectTrust } from "./versions.ts";

/** Stream name of what the guard recorded. */
export const SESSION_STREAM = "session";

/** Folder of the guard and its records below the lane's folder. */
const GUARD_FOLDER = "guard";

const FLAGS = [
  ["--mode", "json"],
  ["-p"],
  ["--no-session"],
  ["--offline"],
  ["--no-extensions"],
  ["--no-skills"],
  ["--no-prompt-templates"],
  ["--no-themes"],
  ["--no-context-files"],
].flat();

/**
 * Pi's whole command line for one trial. The task goes through stdin, which is then closed: in argv a task could be read
 * as a flag or a file name, and an open stdin hangs Pi before its first event. A version without project trust obeys the
 * target's `.pi` folder, so a target that has one is refused for it.
 */
export function plan(request: LaneRequest): LanePlan {
  const { backend, laneDir } = request;
  const trust = hasProjectTrust(request.backendVersion);
  const guard = `${GUARD_FOLDER}/guard.ts`;
  return {
    files: [
      ...agentFiles(request),
      {
        path: guard,
        content: guardSource({
          workspace: request.workspace,
          log: `${laneDir}/${GUARD_FOLDER}/guard.jsonl`,
          commands: request.commands ?? [],
        }),
      },
    ],
    argv: [
      backend.executable,
      ...backend.args,
      ...FLAGS,
      "--tools",
      toolsOf(request).join(","),
      "--system-prompt",
      systemPrompt(request),
      ...(trust ? ["--no-approve"] : []),
      "--provider",
      PROVIDER,
      "--model",
      request.model.id,
      "-e",
      `${laneDir}/${guard}`,
    ],
    cwd: "workspace",
    env: {
      PATH: request.path,
      HOME: request.home,
      TMPDIR: request.tmp,
      LANG: "C.UTF-8",
      PI_CODING_AGENT_DIR: `${laneDir}/${AGENT_FOLDER}`,
      PI_OFFLINE: "1",
      PI_TELEMETRY: "0",
      PI_SKIP_VERSION_CHECK: "1",
    },
    stdin: request.task,
    preflight: null,
    collect: [{ stream: SESSION_STREAM, folder: GUARD_FOLDER, suffix: ".jsonl" }],
    refuseWhenPresent: trust ? [] : [".pi"],
  };
}
