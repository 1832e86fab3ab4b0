import type { LanePlan, LaneRequest } from "@stage6/lane-contract";
import { untrusted } from "./config-flags.ts";

/**
 * Runs `true` inside Codex's own sandbox. 0.150 and later take the command at once; up to 0.125 the platform's name comes
 * first, and the newer form is a usage error there (exit 2).
 */
const SCRIPT = [
  "codex=$1",
  "config=$2",
  '"$codex" sandbox -c "$config" -- true',
  "code=$?",
  '[ "$code" -eq 2 ] || exit "$code"',
  "case $(uname -s) in Darwin) os=macos ;; *) os=linux ;; esac",
  'exec "$codex" sandbox "$os" -c "$config" -- true',
].join("\n");

/** Must exit 0 before a trial: where the sandbox cannot start, Codex exits 0 although every command failed (measured). */
export function preflight(request: LaneRequest): LanePlan["preflight"] {
  return {
    argv: [
      "/bin/sh",
      "-c",
      SCRIPT,
      "codex-preflight",
      request.backend.executable,
      untrusted(request.workspace),
    ],
    detail:
      "Codex could not run `true` inside its own sandbox, so every command of a trial would fail unseen.",
    remedy:
      "Allow unprivileged user namespaces (or install bubblewrap) for this user, keep the lane's folder outside every temp folder, and try `codex sandbox -- true`.",
  };
}
