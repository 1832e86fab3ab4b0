import { randomUUID } from "node:crypto";
import { lstat, mkdir, open, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { SELF_TEST_PROBES, type SelfTestProbe, type SelfTestRows } from "@stage6/evidence-interface";
import { HeldFolder, ownUid, UnsafeFileError } from "@stage6/evidence-interface/fs";
import { BoundsError } from "../../bounds-error.ts";
import { hardenedGitEnv } from "../../tools/hardened-git-env.ts";
import { runTool, type ToolOptions, type ToolResult } from "../../tools/run-tool.ts";
import { SHARED_MEMORY_BYTES } from "../bwrap-argv.ts";
import { giveTo } from "../dedicated-user.ts";
import { exitOfError, systemCallProgram } from "../machine/system-call-program.ts";
import { runBoundedTool } from "../run-bounded-tool.ts";
import { filterArch } from "../seccomp/seccomp-program.ts";
import { REFUSED_CALLS } from "../seccomp/system-calls.ts";
import type { Mount, StrictProfile } from "../strict-profile.ts";
import { BRIDGE_FOLDER } from "../system-view.ts";
import { answerWith, openListeners } from "./open-listeners.ts";
import { plantTargets, type PlantedTargets } from "./plant-targets.ts";
import { readOutcomes } from "./read-outcomes.ts";

const TIMEOUT_MS = 60_000;
const OPTIONS = { timeoutMs: TIMEOUT_MS, maxBytes: 65_536 };

/**
 * Runs the probes twice at the same time, on targets of their own: without bounds, where each must succeed, and inside the
 * given profile with the targets' folders added. With `control`, rows of an earlier self-test of this harness, the run without
 * bounds is not repeated and its outcomes are taken from there. `folder` is made, and gone afterwards. Throws
 * {@link BoundsError} `STRICT_NOT_STARTED` when a probe run leaves no readable answer.
 */
export async function runSelfTest(
  profile: StrictProfile,
  folder: string,
  control: SelfTestRows | null = null,
): Promise<SelfTestRows> {
  await mkdir(folder, { recursive: true });
  const token = randomUUID();
  // A file of the harness that its helpers in a sandbox must not hold.
  const helperFile = join(folder, "helper-file");
  const held = await open(helperFile, "wx+", 0o600);
  try {
    const bound = await plantTargets(join(folder, "bound"), token);
    await giveTo(profile.user, [bound.inside, bound.protected, bound.repository]);
    const names = { unixSocket: join(folder, "s"), abstractSocket: `stage6-self-test-${randomUUID()}` };
    const listeners = await openListeners(names, token);
    try {
      const { tcpPort, doorPort, udp } = listeners;
      const harness = { ...(await self()), fd: held.fd };
      const { bwrap } = profile;
      const sharedMemoryBytes = SHARED_MEMORY_BYTES;
      const common = {
        ...names,
        tcpPort,
        doorPort,
        udp,
        token,
        bwrap,
        harness,
        sharedMemoryBytes,
        ...callTargets(),
      };
      const bounding = runBound(common, bound, profile, folder);
      const freely = control === null ? runFree(common, join(folder, "free")) : outcomesOf(control);
      // Neither may still be running when the folder goes.
      await Promise.allSettled([freely, bounding]);
      const [unbounded, bounded] = [await freely, await bounding];
      const collected = collect(bound, profile, token);
      const writtenAsRoot = profile.user !== null && (await lstat(bound.link).catch(() => null))?.uid === 0;
      const outcome = (probe: SelfTestProbe): string => {
        if (probe === "collect-through-link") return collected;
        if (probe === "hold-capability" && writtenAsRoot) return "ok";
        return bounded[probe] ?? "NOT_RUN";
      };
      return SELF_TEST_PROBES.map((probe) => ({
        probe,
        unbounded: unbounded[probe] ?? "NOT_RUN",
        bounded: outcome(probe),
      }));
    } finally {
      await listeners.close();
    }
  } finally {
    await held.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Programs for the probe of the filter: `io_uring_setup` with 8 entries, and `ptrace(PTRACE_TRACEME)` for kernels on which
 * nobody may use io_uring; the probe succeeds when one of them does.
 */
function callTargets() {
  const arch = filterArch();
  const callExits = { [exitOfError(1)]: "EPERM", [exitOfError(38)]: "ENOSYS" };
  if (arch === null) return { callPrograms: [], callExits };
  const program = (call: number | null, argument: number): string[] =>
    call === null ? [] : [systemCallProgram(arch, call, argument).toString("base64")];
  const { io_uring_setup: ring, ptrace } = REFUSED_CALLS;
  return { callPrograms: [...program(ring[arch], 8), ...program(ptrace[arch], 0)], callExits };
}

/** The harness as a target for a signal; its start time tells it from a process of the same number in a pid namespace. */
async function self(): Promise<{ readonly pid: number; readonly start: string }> {
  const stat = await readFile("/proc/self/stat", "latin1");
  const start = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  return { pid: process.pid, start };
}

function command(common: object, targets: PlantedTargets): string[] {
  return [process.execPath, join(BRIDGE_FOLDER, "self-test.mjs"), JSON.stringify({ ...common, ...targets })];
}

function optionsOf(targets: PlantedTargets): Omit<ToolOptions, "passFds"> {
  return { ...OPTIONS, cwd: targets.inside, env: hardenedGitEnv() };
}

/** Outcome of each probe, by its name. */
type Outcomes = Readonly<Record<string, string>>;

/** The run without bounds, on targets that it makes below `folder`. */
async function runFree(common: { readonly token: string }, folder: string): Promise<Outcomes> {
  const free = await plantTargets(folder, common.token);
  const outcomes = answers(await runTool(command(common, free), optionsOf(free)), "without bounds");
  return { ...outcomes, "collect-through-link": await readFreely(free, common.token) };
}

function outcomesOf(control: SelfTestRows): Outcomes {
  return Object.fromEntries(control.map(({ probe, unbounded }) => [probe, unbounded]));
}

async function runBound(
  common: { readonly doorPort: number; readonly token: string },
  targets: PlantedTargets,
  profile: StrictProfile,
  folder: string,
): Promise<Outcomes> {
  const mounts: readonly Mount[] = [
    ...profile.mounts,
    { path: targets.inside, writable: true },
    { path: targets.protected, writable: true },
    { path: join(targets.protected, ".git"), writable: false },
    { path: targets.repository, writable: false },
  ];
  const door = { port: common.doorPort, onConnection: answerWith(common.token) };
  const result = await runBoundedTool(
    { ...profile, mounts },
    command(common, targets),
    optionsOf(targets),
    folder,
    door,
  );
  return answers(result, "within them");
}

function answers(result: ToolResult, where: string): Outcomes {
  const outcomes = readOutcomes(result.stdout);
  if (outcomes !== null) return outcomes;
  const said = result.timedOut ? "no answer in time" : result.stderr.toString().trim().slice(-300);
  throw new BoundsError("STRICT_NOT_STARTED", `the self-test ${where} told nothing: ${said}`);
}

/** What the harness's own way of collecting finds behind it. */
function collect({ inside, link }: PlantedTargets, profile: StrictProfile, token: string): string {
  const owners = [...ownUid(), ...(profile.user === null ? [] : [profile.user.uid])];
  const held = HeldFolder.open(inside, { owners });
  try {
    const found = held.read(join(basename(link), "credential"), { maxBytes: 1024 });
    return found.toString() === token ? "ok" : "OTHER";
  } catch (error) {
    return error instanceof UnsafeFileError ? error.code : "FAILED";
  } finally {
    held.close();
  }
}

/** What a reader that follows links finds behind the planted one. */
async function readFreely({ link }: PlantedTargets, token: string): Promise<string> {
  const found = await readFile(join(link, "credential"), "utf8").catch(() => null);
  return found === token ? "ok" : "NOT_FOUND";
}
