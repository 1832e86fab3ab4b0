import { type LanePlan, type LaneRequest, MOVED_STATE } from "@stage6/lane-contract";
import { agentFiles, FOLDERS, KEYS, TASK_FILE, TASK_ID } from "./agent-files.ts";

/** Stream name of Case's event log. */
export const EVENT_STREAM = "session";

/** Where Case from 30b1fa1 on keeps its records in the target. */
const STATE_FOLDER = ".case";

/** Git without the user's or the system's configuration, and with a name to commit under. */
const GIT_ENV = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "agent",
  GIT_AUTHOR_EMAIL: "agent@example.invalid",
  GIT_COMMITTER_NAME: "agent",
  GIT_COMMITTER_EMAIL: "agent@example.invalid",
};

/**
 * Case's whole command line for one trial: an existing task, unattended, without stdin, in a folder that is not the
 * target (there, the target's `.pi` would choose the shell of every command). What it claims of itself - task file and
 * run log - is collected and never read.
 */
export function plan(request: LaneRequest): LanePlan {
  const { backend, laneDir } = request;
  return {
    files: agentFiles(request),
    argv: [
      backend.executable,
      ...backend.args,
      "run",
      "--task",
      `${laneDir}/${TASK_FILE}.task.json`,
      "--mode",
      "unattended",
    ],
    cwd: "lane-dir",
    env: {
      PATH: `${laneDir}/${FOLDERS.bin}:${request.path}`,
      // Its own: even `ca --help` writes there, and the trial's home has to stay as it was.
      HOME: `${laneDir}/${FOLDERS.home}`,
      TMPDIR: request.tmp,
      LANG: "C.UTF-8",
      CASE_DATA_DIR: `${laneDir}/${FOLDERS.data}`,
      PI_CODING_AGENT_DIR: `${laneDir}/${FOLDERS.agent}`,
      ...KEYS,
      ...GIT_ENV,
    },
    stdin: null,
    preflight: null,
    collect: [
      {
        stream: EVENT_STREAM,
        // Below its data folder up to commit 1bdc90c, in the target from 30b1fa1 on.
        folder: `${FOLDERS.data}/.case/${TASK_ID}/events`,
        orFolders: [`${MOVED_STATE}/${TASK_ID}/events`],
        suffix: ".jsonl",
      },
      { stream: "claimed-task", folder: `${FOLDERS.data}/tasks`, suffix: ".task.json" },
      {
        stream: "claimed-run-log",
        folder: FOLDERS.data,
        orFolders: [MOVED_STATE],
        suffix: "run-log.jsonl",
      },
    ],
    refuseWhenPresent: [".pi", STATE_FOLDER],
    stateFolder: STATE_FOLDER,
  };
}
