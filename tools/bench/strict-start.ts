// Times what the strict bounds add to a trial, against one start of Node.
import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { probeStrict, runSelfTest, superviseProcess, superviseStrict } from "@stage6/bounds";

/** What the benchmark found; medians over the rounds, milliseconds. */
export interface StrictBench {
  /** One `node -e 0`. */
  readonly nodeMs: number;
  /** What confining one process adds to running it under the same supervision. */
  readonly startMs: number;
  /** Both self-tests of a trial. */
  readonly selfTestsMs: number;
}

/** Runs each side once per round, alternating. Throws where strict bounds cannot be had. */
export async function benchStrictStart(rounds: number): Promise<StrictBench> {
  const driver = await probeStrict();
  if (!driver.ok) throw new Error(`${driver.code}: ${driver.detail}. ${driver.cure}`);
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "stage6-bench-"));
  try {
    const seccompFile = join(folder, "seccomp");
    writeFileSync(seccompFile, driver.seccomp);
    const work = mkdtempSync(join(folder, "work-"));
    const profile = { ...driver, mounts: [{ path: work, writable: true }], door: null, seccompFile };
    const node: number[] = [];
    const start: number[] = [];
    const tests: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      node.push(await time(async () => execFileSync(process.execPath, ["-e", "0"])));
      const spec = (side: string) => ({
        argv: ["/bin/true"],
        cwd: work,
        env: { PATH: "/usr/bin:/bin" },
        stdin: null,
        limits: { totalMs: 30_000, idleMs: 30_000, outputBytes: 1e6, lineBytes: 1e5 },
        stdoutFile: join(folder, `${side}-${round}.out`),
        stderrFile: join(folder, `${side}-${round}.err`),
        graceMs: 300,
      });
      const free = await time(() => superviseProcess(spec("free")));
      const notes = mkdtempSync(join(folder, "notes-"));
      const bound = await time(() => superviseStrict(spec("bound"), profile, notes));
      start.push(bound - free);
      tests.push(
        await time(async () => {
          const before = await runSelfTest(profile, join(folder, `before-${round}`));
          await runSelfTest(profile, join(folder, `after-${round}`), before);
        }),
      );
    }
    return { nodeMs: median(node), startMs: median(start), selfTestsMs: median(tests) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
