import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { sha256, type Sha256 } from "@stage6/evidence-interface";
import { BoundsError } from "../bounds-error.ts";
import type { ProcessEnd, ProcessSpec } from "../process/process-spec.ts";
import { RUN_MARKER } from "../process/start-child.ts";
import { superviseProcess } from "../process/supervise-process.ts";
import { openControlGroup } from "./control-group.ts";
import { confine } from "./confine.ts";
import { MAX_PROCESSES } from "./launch/resource-limits.ts";
import type { LaunchChannel } from "./launch/launch-channel.ts";
import type { Door } from "./open-door.ts";
import type { NamespaceIds } from "./read-status.ts";
import type { StrictProfile } from "./strict-profile.ts";

/** How a process inside the strict bounds ended, and what shows that it ran inside them. */
export interface StrictEnd {
  readonly end: ProcessEnd;
  /** SHA-256 of the confining command line, its words joined by NUL. */
  readonly profileSha256: Sha256;
  readonly namespaces: NamespaceIds;
  /** Whether the kernel held the memory limit (a control group), or the harness only looked at it. */
  readonly memory: "enforced" | "watched";
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
  door: Door | null = null,
): Promise<StrictEnd> {
  const marker = randomUUID();
  const { argv, cwd } = spec;
  const env = { ...spec.env, [RUN_MARKER]: marker };
  const group = await openControlGroup({
    memoryBytes: spec.limits.memoryBytes ?? null,
    processes: MAX_PROCESSES,
  });
  const confined = await confine(profile, { argv, cwd, env }, notes, door, group);
  try {
    const { passFds, onChannel, channel } = confined;
    const end = await superviseProcess({
      ...spec,
      argv: confined.argv,
      env: confined.env,
      marker,
      passFds,
      onChannel,
      ...(group === null ? {} : { ranOutOfMemory: group.ranOutOfMemory }),
    });
    const namespaces = await confined.namespaces();
    if (namespaces === null || (end.endedBy === "exit" && !channel.started))
      throw await notStarted(spec, end, channel);
    const profileSha256 = sha256(confined.argv.join("\0"));
    return {
      end: commandsEnd(end, channel),
      profileSha256,
      namespaces,
      memory: group === null ? "watched" : "enforced",
    };
  } finally {
    await confined.close();
    await group?.close();
  }
}

/** The command's own end in place of the sandbox's, which cannot tell a signal from an exit code. */
function commandsEnd(end: ProcessEnd, { ended, notExecuted }: LaunchChannel): ProcessEnd {
  if (end.endedBy !== "exit") return end;
  if (notExecuted !== null) {
    const spawnError = { code: notExecuted, message: `the program could not be executed: ${notExecuted}` };
    return { ...end, exitCode: null, signal: null, endedBy: "spawn-failure", spawnError };
  }
  // A launcher that does not say how the command ended was ended by the command.
  return ended === null ? { ...end, exitCode: null, signal: "SIGKILL" } : { ...end, ...ended };
}

async function notStarted(spec: ProcessSpec, end: ProcessEnd, channel: LaunchChannel): Promise<BoundsError> {
  const said = (await readFile(spec.stderrFile, "utf8").catch(() => "")).trim().slice(0, 500);
  const why =
    channel.failure ??
    end.spawnError?.message ??
    (said === "" ? `it ended with ${end.exitCode ?? end.signal ?? "nothing"}` : said);
  return new BoundsError("STRICT_NOT_STARTED", `the sandbox could not be made: ${why}`);
}
