import type { LanePlan, LaneRequest } from "@stage6/lane-contract";

const SCRIPT_FILE = "script.json";

/** The script as a file, the task on stdin, and an environment of four names. */
export function fakePlan({ backend, laneDir, home, tmp, path, script, task }: LaneRequest): LanePlan {
  return {
    files: [{ path: SCRIPT_FILE, content: `${JSON.stringify(script)}\n` }],
    argv: [backend.executable, ...backend.args, `${laneDir}/${SCRIPT_FILE}`],
    cwd: "workspace",
    env: { PATH: path, HOME: home, TMPDIR: tmp, LANG: "C.UTF-8" },
    stdin: task,
    preflight: null,
    collect: [],
    refuseWhenPresent: [],
  };
}
