import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { seedRepository } from "@stage6/runner";
import { collectTrials, readHarnessRoot } from "@stage6/validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STAGE6_MAIN } from "../testing/run-stage6.ts";

const KILLS = 16;
/** A kill ends the two trials that run, and two may have ended before. */
const TRIALS = 4 * KILLS;
const DEADLINE_MS = 400_000;

describe("a runner that is killed", () => {
  let parent = "";
  const started: ChildProcess[] = [];

  const stage6 = (...args: string[]): ChildProcess => {
    const child = spawn(process.execPath, [STAGE6_MAIN, ...args, "--harness-root", join(parent, "harness")], {
      cwd: parent,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        STAGE6_KEYS_DIR: join(parent, "keys"),
        STAGE6_BACKENDS_DIR: join(parent, "backends"),
      },
    });
    started.push(child);
    return child;
  };
  const finish = async (...args: string[]): Promise<number | null> => {
    const child = stage6(...args);
    child.stdout?.resume();
    let words = "";
    child.stderr?.on("data", (chunk: Buffer) => (words += chunk.toString()));
    await once(child, "exit", { signal: AbortSignal.timeout(DEADLINE_MS) });
    if (child.exitCode !== 0) process.stderr.write(words);
    return child.exitCode;
  };
  const must = async (...args: string[]): Promise<void> => {
    const code = await finish(...args);
    if (code !== 0) throw new Error(`stage6 ${args[0] ?? ""} ended with ${String(code)}`);
  };
  const trials = async () => {
    const { plans, trusted } = await readHarnessRoot(join(parent, "harness"), new Date().toISOString());
    const [plan] = plans;
    if (plan === undefined || trusted === null) throw new Error("no plan");
    return collectTrials(join(parent, "harness"), plan.plan, plan.id, trusted);
  };

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), "stage6-kill-"));
    const files = join(parent, "files");
    await mkdir(join(files, "src"), { recursive: true });
    await writeFile(join(files, "src", "a.txt"), "a\n");
    await writeFile(join(parent, "task.md"), "Look around.\n");
    await seedRepository(files, join(parent, "repository"));
    await must("init");
    await must(
      "fixtures",
      "add",
      "--from",
      join(parent, "repository"),
      "--base",
      "main",
      "--task",
      join(parent, "task.md"),
      "--allow",
      "src/**",
      "--id",
      "tiny",
      "--expects",
      "no-change",
      "--owner",
      "the tests",
      "--consent",
      "made for this test",
      "--oracle",
      "true",
    );
    await must(
      "plan",
      "--candidate",
      "fake",
      "--lanes",
      "fake",
      "--fixtures",
      "tiny",
      "--trials",
      String(TRIALS),
    );
  }, DEADLINE_MS);

  afterAll(async () => {
    for (const child of started)
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await rm(parent, { recursive: true, force: true, maxRetries: 5 });
  });

  it(`leaves no half bundle in ${KILLS} kills at random moments, and the next run completes the plan`, async () => {
    let trialMs = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const child = stage6("run");
      child.stdout?.resume();
      const gone = once(child, "exit", { signal: AbortSignal.timeout(DEADLINE_MS) });
      const words = (): Promise<unknown> => Promise.race([once(child.stderr ?? child, "data"), gone]);
      await words();
      const begun = performance.now();
      if (kill === 0) {
        // The first run says how long a trial takes on this machine.
        await words();
        trialMs = performance.now() - begun;
      } else {
        // From its first words on, any moment may be hit: clone, backend, oracle, sealing.
        await sleep(Math.random() * trialMs);
      }
      child.kill("SIGKILL");
      await gone;
      // It was killed over its work: none found the root unfit after the kill before it.
      expect([child.signalCode, child.exitCode]).toEqual(["SIGKILL", null]);
      const found = await trials();
      expect(found.flatMap((trial) => trial.findings)).toEqual([]);
      expect(
        found.map((trial) => trial.state).filter((state) => state !== "present" && state !== "missing"),
      ).toEqual([]);
    }
    const before = (await trials()).filter((trial) => trial.state === "present");
    expect(await finish("run")).toBe(0);
    const after = await trials();
    expect(after.map((trial) => trial.state)).toEqual(Array.from({ length: TRIALS }, () => "present"));
    // What was recorded before the last run is still the very same evidence.
    for (const trial of before)
      expect(after.find((other) => other.number === trial.number)?.bundleDigest).toBe(trial.bundleDigest);
    // No trial was begun twice: an attempt that a kill ended is what its bundle was made of.
    const attempts = await readdir(join(parent, "harness", "attempts"), { recursive: true });
    expect(attempts.filter((name) => name.endsWith(".json"))).toHaveLength(TRIALS);
    expect(await readdir(join(parent, "harness", "staging"))).toEqual([]);
  }, 1_200_000);

  it("changes nothing when the finished plan is run again", async () => {
    const first = (await trials()).map((trial) => trial.bundleDigest);
    expect(await finish("run")).toBe(0);
    expect((await trials()).map((trial) => trial.bundleDigest)).toEqual(first);
  });
});
