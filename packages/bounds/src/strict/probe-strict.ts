import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "../tools/run-tool.ts";
import { findBwrap } from "./find-bwrap.ts";
import { encodeBpf } from "./seccomp/bpf.ts";
import { runBoundedTool } from "./run-bounded-tool.ts";
import { ownNamespaces, readNamespaces } from "./read-status.ts";
import { filterArch, seccompProgram } from "./seccomp/seccomp-program.ts";
import { missing, type StrictMissing } from "./strict-missing.ts";
import type { StrictProfile, SystemView } from "./strict-profile.ts";
import { readSystemView } from "./system-view.ts";

/** The strict driver of this host, ready to confine. */
export interface StrictDriver {
  readonly bwrap: string;
  readonly bwrapVersion: string;
  readonly system: SystemView;
  /** The seccomp filter for this architecture, as the kernel reads it. */
  readonly seccomp: Buffer;
}

/** Strict bounds, or why they cannot be had and what to do about it. */
export type StrictProbe = ({ readonly ok: true } & StrictDriver) | ({ readonly ok: false } & StrictMissing);

const OPTIONS = { timeoutMs: 20_000, maxBytes: 65_536 };
/** The oldest version with `--disable-userns`. */
const OLDEST = { major: 0, minor: 8 };

/** Where the probe looks; this host when left out. */
export interface StrictPlaces {
  readonly platform?: string;
  readonly arch?: string;
  readonly searchPath?: string;
}

/** Finds out whether strict bounds can be had here, by running `true` in the real profile with the real filter. */
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
  const system = await readSystemView([process.execPath, found.path]);
  const seccomp = encodeBpf(seccompProgram(arch));
  const driver: StrictDriver = { bwrap: found.path, bwrapVersion: version.text, system, seccomp };
  const refused = await tryProfile(driver);
  return refused ?? { ok: true, ...driver };
}

async function readVersion(bwrap: string) {
  const options = { ...OPTIONS, cwd: "/", env: {} };
  const printed = await runTool([bwrap, "--version"], options).catch(() => null);
  const [, text, major, minor] =
    /^bubblewrap (([0-9]+)\.([0-9]+)[0-9A-Za-z.+-]{0,32})\s*$/u.exec(printed?.stdout.toString() ?? "") ?? [];
  return text === undefined ? null : { text, major: Number(major), minor: Number(minor) };
}

async function tryProfile(driver: StrictDriver): Promise<({ readonly ok: false } & StrictMissing) | null> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), "stage6-strict-"));
  try {
    const seccompFile = join(folder, "seccomp");
    await writeFile(seccompFile, driver.seccomp);
    const profile: StrictProfile = { ...driver, mounts: [], door: null, seccompFile };
    const node = [process.execPath, "-e", "0"];
    const options = { ...OPTIONS, cwd: "/", env: { PATH: "/usr/bin:/bin" } };
    const result = await runBoundedTool(profile, node, options, join(folder, "status"));
    if (result.exitCode === 0)
      return (await isSeparate(result.status)) ? null : missing("PROFILE_FAILED", "it separated nothing");
    const said = result.timedOut ? "no answer in time" : result.stderr.toString().trim().slice(0, 300);
    return missing(await classify(said), said);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether the command ran in namespaces of its own; a program that merely runs it is no sandbox. */
async function isSeparate(status: string): Promise<boolean> {
  const [inside, host] = [readNamespaces(status), await ownNamespaces()];
  if (inside === null || host === null) return false;
  return (["ipc", "mnt", "net", "pid"] as const).every((name) => inside[name] !== host[name]);
}

async function classify(
  said: string,
): Promise<"NESTED_SANDBOX" | "USER_NAMESPACES_FORBIDDEN" | "PROFILE_FAILED"> {
  if (!/namespace|uid map|Operation not permitted|Permission denied/u.test(said)) return "PROFILE_FAILED";
  const map = await readFile("/proc/self/uid_map", "utf8").catch(() => "");
  const isHost = /^\s*0\s+0\s+4294967295\s*$/u.test(map);
  return isHost ? "USER_NAMESPACES_FORBIDDEN" : "NESTED_SANDBOX";
}
