import { randomUUID } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { SELF_TEST_PROBES, type SelfTestRows } from "@stage6/evidence-interface";
import { BoundsError } from "../../bounds-error.ts";
import { hardenedGitEnv } from "../../tools/hardened-git-env.ts";
import { runTool, type ToolOptions, type ToolResult } from "../../tools/run-tool.ts";
import { runBoundedTool } from "../run-bounded-tool.ts";
import { filterArch } from "../seccomp/seccomp-program.ts";
import { REFUSED_CALLS } from "../seccomp/system-calls.ts";
import type { Mount, StrictProfile } from "../strict-profile.ts";
import { systemCallProgram } from "../system-call-program.ts";
import { BRIDGE_FOLDER } from "../system-view.ts";
import { openListeners } from "./open-listeners.ts";
import { plantTargets, type PlantedTargets } from "./plant-targets.ts";
import { readOutcomes } from "./read-outcomes.ts";

const TIMEOUT_MS = 60_000;
const OPTIONS = { timeoutMs: TIMEOUT_MS, maxBytes: 65_536 };

/**
 * Runs the fifteen probes twice at the same time, on targets of their own: without bounds, where each must succeed, and
 * inside the given profile with the targets' folders added. `folder` is made, and gone afterwards. Throws
 * {@link BoundsError} `STRICT_NOT_STARTED` when a probe run leaves no readable answer.
 */
export async function runSelfTest(profile: StrictProfile, folder: string): Promise<SelfTestRows> {
  await mkdir(folder, { recursive: true });
  const token = randomUUID();
  try {
    const [free, bound] = await Promise.all([
      plantTargets(join(folder, "free"), token),
      plantTargets(join(folder, "bound"), token),
    ]);
    const door = join(folder, "door");
    await mkdir(door);
    const names = {
      unixSocket: join(folder, "s"),
      abstractSocket: `stage6-self-test-${randomUUID()}`,
      bridgeSocket: join(door, "s"),
    };
    const listeners = await openListeners(names, token);
    try {
      const common = {
        ...names,
        ...listeners,
        token,
        bwrap: profile.bwrap,
        ...callTargets(),
        ...(await self()),
      };
      const [unbounded, bounded] = await Promise.all([
        runFree(common, free),
        runBound(common, bound, profile, door, join(folder, "status")),
      ]);
      return SELF_TEST_PROBES.map((probe) => ({
        probe,
        unbounded: unbounded[probe] ?? "NOT_RUN",
        bounded: bounded[probe] ?? "NOT_RUN",
      }));
    } finally {
      await listeners.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Programs for the probe of the filter: `io_uring_setup` with 8 entries, and `ptrace(PTRACE_TRACEME)` for kernels on which
 * nobody may use io_uring; the probe succeeds when one of them does.
 */
function callTargets(): { readonly callPrograms: readonly string[] } {
  const arch = filterArch();
  if (arch === null) return { callPrograms: [] };
  const program = (call: number | null, argument: number): string[] =>
    call === null ? [] : [systemCallProgram(arch, call, argument).toString("base64")];
  const { io_uring_setup: ring, ptrace } = REFUSED_CALLS;
  return { callPrograms: [...program(ring[arch], 8), ...program(ptrace[arch], 0)] };
}

/** The harness as a target for a signal; its start time tells it from a process of the same number in a pid namespace. */
async function self(): Promise<{ readonly harness: { readonly pid: number; readonly start: string } }> {
  const stat = await readFile("/proc/self/stat", "latin1");
  const start = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  return { harness: { pid: process.pid, start } };
}

function command(common: object, targets: PlantedTargets): string[] {
  return [process.execPath, join(BRIDGE_FOLDER, "self-test.mjs"), JSON.stringify({ ...common, ...targets })];
}

function optionsOf(targets: PlantedTargets): Omit<ToolOptions, "passFds"> {
  return { ...OPTIONS, cwd: targets.inside, env: hardenedGitEnv() };
}

async function runFree(common: object, targets: PlantedTargets): Promise<Readonly<Record<string, string>>> {
  return answers(await runTool(command(common, targets), optionsOf(targets)), "without bounds");
}

async function runBound(
  common: object,
  targets: PlantedTargets,
  profile: StrictProfile,
  door: string,
  status: string,
): Promise<Readonly<Record<string, string>>> {
  const mounts: readonly Mount[] = [
    ...profile.mounts,
    { path: targets.inside, writable: true },
    { path: targets.protected, writable: true },
    { path: join(targets.protected, ".git"), writable: false },
    { path: targets.repository, writable: false },
    { path: door, writable: false },
  ];
  const argv = command(common, targets);
  return answers(
    await runBoundedTool({ ...profile, mounts }, argv, optionsOf(targets), status),
    "within them",
  );
}

function answers(result: ToolResult, where: string): Readonly<Record<string, string>> {
  const outcomes = readOutcomes(result.stdout);
  if (outcomes !== null) return outcomes;
  const said = result.timedOut ? "no answer in time" : result.stderr.toString().trim().slice(-300);
  throw new BoundsError("STRICT_NOT_STARTED", `the self-test ${where} told nothing: ${said}`);
}
