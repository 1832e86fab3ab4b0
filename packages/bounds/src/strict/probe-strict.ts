import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "../tools/run-tool.ts";
import { confine } from "./confine.ts";
import { dedicatedUser } from "./dedicated-user.ts";
import { findBwrap } from "./find-bwrap.ts";
import { landlockVersionProgram } from "./machine/system-call-program.ts";
import { runBoundedTool } from "./run-bounded-tool.ts";
import { ownNamespaces, type NamespaceIds } from "./read-status.ts";
import { encodeBpf } from "./seccomp/bpf.ts";
import { filterArch, seccompProgram } from "./seccomp/seccomp-program.ts";
import { missing, type StrictMissing } from "./strict-missing.ts";
import type { StrictProfile } from "./strict-profile.ts";
import { readSystemView } from "./system-view.ts";

/** The strict driver of this host, ready to confine. Its user is one of this moment: each trial takes another. */
export interface StrictDriver extends Omit<StrictProfile, "mounts"> {
  readonly bwrapVersion: string;
}

/** Strict bounds, or why they cannot be had and what to do about it. */
export type StrictProbe = ({ readonly ok: true } & StrictDriver) | ({ readonly ok: false } & StrictMissing);

const OPTIONS = { cwd: "/", timeoutMs: 20_000, maxBytes: 65_536 };
const ENV = { PATH: "/usr/bin:/bin" };
/** The oldest version with `--disable-userns`. */
const OLDEST = { major: 0, minor: 8 };

/** Where the probe looks; this host when left out. */
export interface StrictPlaces {
  readonly platform?: string;
  readonly arch?: string;
  readonly searchPath?: string;
}

/** Finds out whether strict bounds can be had here, by running Node in the real profile with the real filter. */
export async function probeStrict(places: StrictPlaces = {}): Promise<StrictProbe> {
  const platform = places.platform ?? process.platform;
  if (platform !== "linux") return missing("NOT_LINUX", `this is ${platform}`);
  const arch = filterArch(places.arch);
  if (arch === null)
    return missing("ARCH_UNSUPPORTED", `no system call filter for ${places.arch ?? process.arch}`);
  const found = await findBwrap(places.searchPath ?? process.env["PATH"] ?? "/usr/bin:/bin");
  if (found === null) return missing("BWRAP_MISSING", "bwrap is not on the search path");
  if (found.setuid) return missing("BWRAP_SETUID", `${found.path} runs with the rights of its owner`);
  const version = await readVersion(found.path);
  if (version === null) return missing("BWRAP_UNREADABLE", `${found.path} did not print its version`);
  if (version.major === OLDEST.major && version.minor < OLDEST.minor)
    return missing("BWRAP_TOO_OLD", `${found.path} is version ${version.text}`);
  const folder = await mkdtemp(join(await realpath(tmpdir()), "stage6-strict-"));
  try {
    const driver: StrictDriver = {
      bwrap: found.path,
      bwrapVersion: version.text,
      arch,
      system: await readSystemView([process.execPath, found.path]),
      seccomp: encodeBpf(seccompProgram(arch)),
      user: await dedicatedUser(),
      landlock: 0,
    };
    const landlock = await landlockVersion(driver, folder);
    const refused = await tryProfile({ ...driver, landlock }, folder);
    return refused ?? { ok: true, ...driver, landlock };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readVersion(bwrap: string) {
  const options = { ...OPTIONS, env: {} };
  const printed = await runTool([bwrap, "--version"], options).catch(() => null);
  const [, text, major, minor] =
    /^bubblewrap (([0-9]+)\.([0-9]+)[0-9A-Za-z.+-]{0,32})\s*$/u.exec(printed?.stdout.toString() ?? "") ?? [];
  return text === undefined ? null : { text, major: Number(major), minor: Number(minor) };
}

/** Version of the kernel's Landlock interface, asked for inside a sandbox; 0 when there is none, or no sandbox. */
async function landlockVersion(driver: StrictDriver, folder: string): Promise<number> {
  const profile = { ...driver, mounts: [] };
  const program = landlockVersionProgram(driver.arch);
  const confined = await confine(profile, { argv: ["/"], cwd: "/", env: ENV }, folder, null, null, program);
  try {
    await runTool(confined.argv, { ...OPTIONS, env: {}, passFds: confined.passFds });
    return (await confined.exitCode()) ?? 0;
  } finally {
    await confined.close();
  }
}

async function tryProfile(
  driver: StrictDriver,
  folder: string,
): Promise<({ readonly ok: false } & StrictMissing) | null> {
  const node = [process.execPath, "-e", "0"];
  const profile = { ...driver, mounts: [] };
  const result = await runBoundedTool(profile, node, { ...OPTIONS, env: ENV }, folder);
  if (result.failure === null && result.exitCode === 0)
    return (await isSeparate(result.namespaces)) ? null : missing("PROFILE_FAILED", "it separated nothing");
  const printed = result.stderr.toString().trim().slice(0, 300);
  const said = result.timedOut ? "no answer in time" : printed === "" ? (result.failure ?? "") : printed;
  return missing(await classify(said, driver), said);
}

/** Whether the command ran in namespaces of its own; a program that merely runs it is no sandbox. */
async function isSeparate(inside: NamespaceIds | null): Promise<boolean> {
  const host = await ownNamespaces();
  if (inside === null || host === null) return false;
  return (["ipc", "mnt", "net", "pid"] as const).every((name) => inside[name] !== host[name]);
}

async function classify(
  said: string,
  { user }: StrictDriver,
): Promise<"NESTED_SANDBOX" | "USER_NAMESPACES_FORBIDDEN" | "ROOT_WITHOUT_RIGHTS" | "PROFILE_FAILED"> {
  if (!/namespace|uid map|Operation not permitted|Permission denied|EPERM|EINVAL/u.test(said))
    return "PROFILE_FAILED";
  const map = await readFile("/proc/self/uid_map", "utf8").catch(() => "");
  const isHost = /^\s*0\s+0\s+4294967295\s*$/u.test(map);
  if (isHost) return user === null ? "USER_NAMESPACES_FORBIDDEN" : "ROOT_WITHOUT_RIGHTS";
  return "NESTED_SANDBOX";
}
