import type { LanePlan, LaneRequest } from "@stage6/lane-contract";
import { configFile, configFlags } from "./config-flags.ts";
import { MODEL_CATALOG_FILE, modelCatalog } from "./model-catalog.ts";
import { preflight } from "./preflight.ts";

/** Folder of CODEX_HOME below the lane's folder. */
const CODEX_HOME = "codex-home";

/**
 * Codex's own sandbox needs a user namespace of its own, which the strict bounds refuse: every command would fail there, and
 * Codex would still exit 0 (measured). The outer bounds confine more than it does.
 */
function sandbox({ outerBounds }: LaneRequest): readonly string[] {
  return outerBounds === "strict"
    ? ["--dangerously-bypass-approvals-and-sandbox"]
    : ["-s", "workspace-write"];
}

/** Stream name of the collected session file. */
export const SESSION_STREAM = "session";

/**
 * Codex's whole command line for one trial. The task goes through stdin (argv ends at 128 KiB), the home is private and
 * outside the child's temp folder (inside it every command fails), the session file is kept (no `--ephemeral`).
 */
export function plan(request: LaneRequest): LanePlan {
  const home = `${request.laneDir}/${CODEX_HOME}`;
  return {
    files: [
      { path: `${CODEX_HOME}/config.toml`, content: configFile(request) },
      ...(request.model.class === "live"
        ? []
        : [{ path: MODEL_CATALOG_FILE, content: modelCatalog(request.model.id) }]),
    ],
    argv: [
      request.backend.executable,
      ...request.backend.args,
      "exec",
      "--json",
      "--color",
      "never",
      "-C",
      request.workspace,
      ...sandbox(request),
      "-m",
      request.model.id,
      "-o",
      `${request.laneDir}/last-message.txt`,
      ...configFlags(request).flatMap((value) => ["-c", value]),
      "-",
    ],
    cwd: "workspace",
    env: { PATH: request.path, HOME: request.home, CODEX_HOME: home, TMPDIR: request.tmp, LANG: "C.UTF-8" },
    stdin: request.task,
    // Codex's own sandbox is off inside strict bounds, so there is nothing of it to check.
    preflight: request.outerBounds === "strict" ? null : preflight(request),
    collect: [{ stream: SESSION_STREAM, folder: `${CODEX_HOME}/sessions`, suffix: ".jsonl" }],
    refuseWhenPresent: [],
  };
}
