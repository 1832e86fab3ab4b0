import { mkdtemp, open, readFile, rm, writeFile, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { bwrapArgv, type BoundedCommand } from "./bwrap-argv.ts";
import { BoundsError } from "../bounds-error.ts";
import type { ControlGroup } from "./control-group.ts";
import { handOverFiles } from "./hand-over-files.ts";
import { findCommand } from "./launch/find-command.ts";
import { LaunchChannel } from "./launch/launch-channel.ts";
import { landlockRules } from "./launch/landlock-rules.ts";
import { launchProgram } from "./launch/launch-program.ts";
import { resourceLimits } from "./launch/resource-limits.ts";
import { openDoor, type Door, type OpenDoor } from "./open-door.ts";
import { readNamespaces, readSandboxExit, readSandboxPid, type NamespaceIds } from "./read-status.ts";
import type { StrictProfile } from "./strict-profile.ts";
import { isInView } from "./system-view.ts";

const MAX_STATUS_BYTES = 65_536;

/** A command as it is started to be confined, and what the harness learns of it. */
export interface Confinement {
  readonly argv: readonly string[];
  /** The whole environment of bubblewrap itself. */
  readonly env: Readonly<Record<string, string>>;
  /** From descriptor 3 on; `pipe` is the launcher's socket, whose other end goes to `onChannel`. */
  readonly passFds: readonly (number | "ignore" | "pipe")[];
  readonly onChannel: (channel: Duplex) => void;
  readonly channel: LaunchChannel;
  /** Namespaces of the sandbox; null when there was none. */
  readonly namespaces: () => Promise<NamespaceIds | null>;
  /** Exit code of the sandbox as bubblewrap tells it; null when there was no sandbox. */
  readonly exitCode: () => Promise<number | null>;
  readonly close: () => Promise<void>;
}

/**
 * Prepares everything that confines one command; `folder` is the harness's own, outside of the view. The command starts
 * once the sandbox is in its control group and the door is open. `program` takes the launcher's place, for what tests the kernel.
 */
export async function confine(
  profile: StrictProfile,
  command: BoundedCommand,
  folder: string,
  door: Door | null = null,
  group: ControlGroup | null = null,
  program?: Buffer,
): Promise<Confinement> {
  const { arch, user, landlock, system, mounts } = profile;
  const view = { links: system.links, mounts: [...system.mounts, ...mounts] };
  const isVisible = (path: string): boolean => isInView(path, view);
  const argv = await findCommand(command.argv, command.cwd, command.env["PATH"], isVisible);
  const rules = landlock === 0 ? [] : await landlockRules(mounts);
  const launcher =
    program ??
    launchProgram(arch, { user, limits: await resourceLimits(user), landlock: { abi: landlock, rules } });
  const own = await mkdtemp(join(folder, "run-"));
  const statusFile = join(own, "status");
  const files = [
    await writtenFile(join(own, "filter"), profile.seccomp),
    await open(statusFile, "wx+", 0o600),
    await writtenFile(join(own, "launcher"), launcher),
  ] as const;
  const [filter, status, launcherFile] = files;
  const handed = await handOverFiles([filter, status, "pipe", launcherFile]);
  const readStatus = async (): Promise<string> => {
    const { buffer, bytesRead } = await status.read(Buffer.alloc(MAX_STATUS_BYTES), 0, MAX_STATUS_BYTES, 0);
    return buffer.toString("utf8", 0, bytesRead);
  };
  let opening: Promise<OpenDoor> | null = null;
  const channel = new LaunchChannel(async () => {
    const pid = readSandboxPid(await readStatus());
    if (pid === null) throw new BoundsError("STRICT_NOT_STARTED", "bubblewrap did not name its process");
    if (group !== null) for (const one of await familyOf(pid)) await group.add(one);
    if (door === null) return;
    opening ??= openDoor(arch, { pid, mapped: user === null }, door, own);
    await opening;
  });
  return {
    argv: bwrapArgv(profile, { ...command, argv }),
    env: {},
    passFds: handed.passFds,
    onChannel: (socket) => channel.attach(socket),
    channel,
    namespaces: async () => readNamespaces(await readStatus()),
    exitCode: async () => readSandboxExit(await readStatus()),
    close: async () => {
      // A sandbox can end before its door is open.
      (await opening?.catch(() => null))?.close();
      await Promise.all([...files.map((file) => file.close()), handed.close()]);
      await rm(own, { recursive: true, force: true });
    },
  };
}

/** A sandbox's first process and its launcher, the only ones that there are before the command starts. */
async function familyOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "latin1").catch(() => "");
  return [pid, ...children.split(" ").flatMap((word) => (word === "" ? [] : [Number(word)]))];
}

/** A file that is read from its beginning through its handle. */
async function writtenFile(path: string, bytes: Uint8Array): Promise<FileHandle> {
  await writeFile(path, bytes, { flag: "wx", mode: 0o600 });
  return open(path, "r");
}
