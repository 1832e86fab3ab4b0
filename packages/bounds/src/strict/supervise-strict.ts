import { randomUUID } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { sha256, type Sha256 } from "@stage6/evidence-interface";
import { BoundsError } from "../bounds-error.ts";
import type { ProcessEnd, ProcessSpec } from "../process/process-spec.ts";
import { RUN_MARKER } from "../process/start-child.ts";
import { superviseProcess } from "../process/supervise-process.ts";
import { bwrapArgv } from "./bwrap-argv.ts";
import { handOverFiles } from "./hand-over-files.ts";
import { readBridgeEnd, readNamespaces, type NamespaceIds } from "./read-status.ts";
import type { StrictProfile } from "./strict-profile.ts";
import { BRIDGE_FOLDER } from "./system-view.ts";

const END_FD = 5;
const MAX_NOTES = 65_536;

/** How a process inside the strict bounds ended, and what shows that it ran inside them. */
export interface StrictEnd {
  readonly end: ProcessEnd;
  /** SHA-256 of the confining command line, its words joined by NUL. */
  readonly profileSha256: Sha256;
  readonly namespaces: NamespaceIds;
}

/**
 * Runs one process inside the strict bounds and within limits. Everything it started is gone with it: they share a pid
 * namespace. A limit ends it at once, because the sandbox hands no SIGTERM on. `notes` is an empty folder outside the
 * view. Throws {@link BoundsError} `STRICT_NOT_STARTED` when the sandbox could not be made, and what `superviseProcess` throws.
 */
export async function superviseStrict(
  spec: ProcessSpec,
  profile: StrictProfile,
  notes: string,
): Promise<StrictEnd> {
  const [statusFile, endFile] = [join(notes, "status"), join(notes, "end")];
  const marker = randomUUID();
  const { port, socket } = profile.door ?? { port: 0, socket: "-" };
  const bridge = [process.execPath, join(BRIDGE_FOLDER, "bridge.mjs"), String(port), socket, String(END_FD)];
  const argv = bwrapArgv(profile, {
    argv: [...bridge, ...spec.argv],
    cwd: spec.cwd,
    env: { ...spec.env, [RUN_MARKER]: marker },
  });
  const files = await Promise.all([
    open(profile.seccompFile, "r"),
    open(statusFile, "wx", 0o600),
    open(endFile, "wx", 0o600),
  ]);
  const { passFds, close } = await handOverFiles(files);
  try {
    const end = await superviseProcess({ ...spec, argv, env: {}, marker, passFds });
    const namespaces = readNamespaces((await readFile(statusFile, "utf8")).slice(0, MAX_NOTES));
    const [started = "", ended = ""] = (await readFile(endFile, "utf8")).slice(0, MAX_NOTES).split("\n");
    if (namespaces === null || (end.endedBy === "exit" && started !== "started"))
      throw await notStarted(spec, end);
    const told = readBridgeEnd(ended, constants.signals);
    return {
      end: told === null ? end : agentsEnd(end, told),
      profileSha256: sha256(argv.join("\0")),
      namespaces,
    };
  } finally {
    await Promise.all([...files.map((file) => file.close()), close()]);
  }
}

/** The agent's own end in place of the sandbox's, which cannot tell a signal from an exit code. */
function agentsEnd(end: ProcessEnd, told: NonNullable<ReturnType<typeof readBridgeEnd>>): ProcessEnd {
  if (end.endedBy !== "exit") return end;
  const { exitCode, signal, error } = told;
  if (error === null) return { ...end, exitCode, signal };
  return { ...end, exitCode: null, signal: null, endedBy: "spawn-failure", spawnError: error };
}

async function notStarted(spec: ProcessSpec, end: ProcessEnd): Promise<BoundsError> {
  const said = (await readFile(spec.stderrFile, "utf8").catch(() => "")).trim().slice(0, 500);
  const why =
    end.spawnError?.message ??
    (said === "" ? `it ended with ${end.exitCode ?? end.signal ?? "nothing"}` : said);
  return new BoundsError("STRICT_NOT_STARTED", `the sandbox could not be made: ${why}`);
}
