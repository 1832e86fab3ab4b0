// Validates a root of 1,000 bundles: what a second thread gains, beside what it gains a bare JSON.parse loop in the same run, and
// what a root costs that did not change. Ratios of one run; each side is the best of its rounds, the sides by turns.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { sampleEvents, type SampleDraft } from "@stage6/evidence-interface/testing";
import { collectTrials, readHarnessRoot, validateRoot } from "@stage6/validator";
import { writeSampleRoot } from "@stage6/validator/testing";

/** What the benchmark found; times in milliseconds, the best of the rounds. */
export interface ValidateRootBench {
  readonly bundles: number;
  /** One worker's time over two workers' time. */
  readonly gain: number;
  /** The same for a loop of JSON.parse of as much work. */
  readonly parseGain: number;
  /** A root validated for the first time and again unchanged: processor time of one thread in a process of its own. */
  readonly firstMs: number;
  readonly againMs: number;
}

const LANES = 4;
/** Events besides those of every trial: real trials have between 300 and 3,000, and this is the middle. */
const CLAIMS = 1650;
const NOW = "2026-01-02T00:00:00.000Z";

/** Writes a root and measures it. */
export async function benchValidateRoot(bundles = 1000, rounds = 3): Promise<ValidateRootBench> {
  // Memory where there is such a folder: what is measured is the check, not the disk.
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "stage6-bench-root-"));
  try {
    const root = join(folder, "root");
    await writeSampleRoot(root, {
      plan: (plan) => ({ ...plan, trialsPerCell: Math.ceil(bundles / LANES) }),
      trial: (trial) => {
        const at = trial.events.findIndex(([type]) => type === "process.ended");
        const claims = Array.from({ length: CLAIMS }, (_, index) => said(index));
        return { ...trial, events: [...trial.events.slice(0, at), ...claims, ...trial.events.slice(at)] };
      },
    });
    const threads = await benchThreads(root, rounds);
    const first: number[] = [];
    const again: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const verified = join(folder, `verified-${round}`);
      first.push(inChild(root, verified));
      again.push(inChild(root, verified));
    }
    return { bundles, ...threads, firstMs: Math.min(...first), againMs: Math.min(...again) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function said(at: number): SampleDraft {
  const raw = { artifact: "artifacts/stdout.raw", offset: at % 100, length: 10 };
  const text = `Looking at step ${at} of the plan now.`;
  return ["agent.messaged", { raw, kind: "reasoning", text, truncated: false }];
}

async function benchThreads(root: string, rounds: number): Promise<{ gain: number; parseGain: number }> {
  const { plans, trusted } = await readHarnessRoot(root, NOW);
  const [entry] = plans;
  if (entry === undefined || trusted === null) throw new Error("no root to bench");
  const check = async (workers: number): Promise<number> => {
    const started = performance.now();
    const trials = await collectTrials(root, entry.plan, entry.id, trusted, { workers });
    if (trials.some(({ state }) => state !== "present")) throw new Error("a bundle is not sound");
    return performance.now() - started;
  };
  const lines = sampleEvents().map((draft) => JSON.stringify(draft));
  const parse = async (workers: number, repeats: number): Promise<number> => {
    const started = performance.now();
    const workerData = { lines, rounds: Math.ceil(repeats / workers) };
    await Promise.all(
      Array.from({ length: workers }, () => {
        const worker = new Worker(new URL("parse-worker.mjs", import.meta.url), { workerData, execArgv: [] });
        return new Promise((resolve, reject) => void worker.once("message", resolve).once("error", reject));
      }),
    );
    return performance.now() - started;
  };
  // As much work for the loop as for the check, so that both see the same load of the machine.
  const probe = 20_000;
  const repeats = Math.ceil((probe * (await check(1))) / (await parse(1, probe)));
  const best = { one: Infinity, two: Infinity, parseOne: Infinity, parseTwo: Infinity };
  for (let round = 0; round < rounds; round += 1) {
    best.one = Math.min(best.one, await check(1));
    best.parseOne = Math.min(best.parseOne, await parse(1, repeats));
    best.two = Math.min(best.two, await check(2));
    best.parseTwo = Math.min(best.parseTwo, await parse(2, repeats));
  }
  return { gain: best.one / best.two, parseGain: best.parseOne / best.parseTwo };
}

function inChild(root: string, verified: string): number {
  const args = [...process.execArgv, fileURLToPath(import.meta.url), root, verified];
  return Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [root = "", verifiedFolder = ""] = process.argv.slice(2);
  // One thread on both sides, and its own time: what else runs on the machine changes neither.
  const started = process.cpuUsage();
  const { checks } = await validateRoot({ root, now: NOW, verifiedFolder, workers: 0 });
  const { user, system } = process.cpuUsage(started);
  const took = (user + system) / 1000;
  if (checks.find(({ id }) => id === "bundles")?.verdict !== "pass") throw new Error("bundles are not sound");
  process.stdout.write(String(took));
}
