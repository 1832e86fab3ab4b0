import { randomUUID } from "node:crypto";
import { lstat, mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { SELF_TEST_PROBES, type SelfTestProbe, type SelfTestRows } from "@stage6/evidence-interface";
import { HeldFolder, ownUid, UnsafeFileError } from "@stage6/evidence-interface/fs";
import { BoundsError } from "../../bounds-error.ts";
import { hardenedGitEnv } from "../../tools/hardened-git-env.ts";
import { runTool, type ToolOptions, type ToolResult } from "../../tools/run-tool.ts";
import { SHARED_MEMORY_BYTES } from "../bwrap-argv.ts";
import { giveTo } from "../dedicated-user.ts";
import { runBoundedTool } from "../run-bounded-tool.ts";
import type { FilterArch } from "../seccomp/system-calls.ts";
import type { Mount, StrictProfile } from "../strict-profile.ts";
import { answerWith, openListeners } from "./open-listeners.ts";
import { plantTargets, type PlantedTargets, type ProbeTargets } from "./plant-targets.ts";
import { probeProgram, startTime } from "./probe-program.ts";
import { fillAsOwnRoot, probeScript } from "./probe-script.ts";
import { readOutcomes, type Outcomes } from "./read-outcomes.ts";

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
      const { arch, bwrap } = profile;
      const common: CommonTargets = {
        ...names,
        tcpPort,
        doorPort,
        udp,
        token,
        bwrap,
        harness: { ...(await self()), fd: held.fd },
        sharedMemoryBytes: SHARED_MEMORY_BYTES,
      };
      const bounding = runBound({ ...common, ...bound }, profile, folder);
      const freely = control === null ? runFree(arch, common, join(folder, "free")) : outcomesOf(control);
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

/** The harness as a target for a signal; its start time tells it from a process of the same number in a pid namespace. */
async function self(): Promise<{ readonly pid: number; readonly start: string }> {
  return { pid: process.pid, start: startTime(await readFile("/proc/self/stat", "latin1")) };
}

/** Puts the program of system calls where the probes may write, and gives its path. */
async function placeProgram(arch: FilterArch, target: ProbeTargets): Promise<string> {
  const program = join(target.inside, "calls");
  await writeFile(program, probeProgram(arch, target), { mode: 0o755, flag: "wx" });
  return program;
}

const shell = (script: string): string[] => ["/bin/sh", "-c", script];

function optionsOf(targets: PlantedTargets): Omit<ToolOptions, "passFds"> {
  return { ...OPTIONS, cwd: targets.inside, env: hardenedGitEnv() };
}

/** What both runs aim at. */
type CommonTargets = Omit<ProbeTargets, keyof PlantedTargets>;

/** The run without bounds, on targets that it makes below `folder`. */
async function runFree(arch: FilterArch, common: CommonTargets, folder: string): Promise<Outcomes> {
  const free = { ...common, ...(await plantTargets(folder, common.token)) };
  const program = await placeProgram(arch, free);
  const options = optionsOf(free);
  // Most hosts let this one succeed without namespaces, which are dear.
  const dear = "fill-device-memory";
  const outcomes = answers(
    await runTool(shell(probeScript(free, program, dear)), options),
    free,
    "without bounds",
  );
  const filled =
    outcomes[dear] === "ok" || (await runTool(shell(fillAsOwnRoot(free)), options)).exitCode === 0;
  return {
    ...outcomes,
    ...(filled ? { [dear]: "ok" } : {}),
    "collect-through-link": await readFreely(free, common.token),
  };
}

function outcomesOf(control: SelfTestRows): Outcomes {
  return Object.fromEntries(control.map(({ probe, unbounded }) => [probe, unbounded]));
}

async function runBound(target: ProbeTargets, profile: StrictProfile, folder: string): Promise<Outcomes> {
  const mounts: readonly Mount[] = [
    ...profile.mounts,
    { path: target.inside, writable: true },
    { path: target.protected, writable: true },
    { path: join(target.protected, ".git"), writable: false },
    { path: target.repository, writable: false },
  ];
  const command = shell(probeScript(target, await placeProgram(profile.arch, target)));
  const door = { port: target.doorPort, onConnection: answerWith(target.token) };
  const result = await runBoundedTool({ ...profile, mounts }, command, optionsOf(target), folder, door);
  return answers(result, target, "within them");
}

function answers(result: ToolResult, target: ProbeTargets, where: string): Outcomes {
  const outcomes = readOutcomes(result.stdout, target);
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
