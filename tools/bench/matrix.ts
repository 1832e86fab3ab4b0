import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRecord } from "../boundaries/is-record.ts";

const DEADLINE_MS = 30 * 60_000;
const root = join(import.meta.dirname, "..", "..");

/** How long it took to drive some lanes into every row, and what that covered. */
export interface MatrixBench {
  readonly lanes: string;
  readonly seconds: number;
  /** Counts of the coverage, as the command printed them. */
  readonly counts: string;
}

function stage6(folder: string, words: readonly string[]): string {
  const args = [join(root, "tools", "run-source.mjs"), "packages/cli/src/main.ts", ...words];
  const { stdout } = spawnSync(
    process.execPath,
    [...args, "--harness-root", join(folder, "harness"), "--json"],
    {
      encoding: "utf8",
      timeout: DEADLINE_MS,
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, STAGE6_KEYS_DIR: join(folder, "keys") },
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  return stdout;
}

/** Drives the fake lane, then fake, codex and pi, into every row, each in a new root. Backends that are missing are installed first and not timed. */
export function benchMatrix(): readonly MatrixBench[] {
  stage6(tmpdir(), ["backends", "install"]);
  return ["fake", "fake,codex,pi"].map((lanes) => {
    const folder = mkdtempSync(join(tmpdir(), "stage6-bench-matrix-"));
    try {
      stage6(folder, ["init"]);
      const start = performance.now();
      const result: unknown = JSON.parse(stage6(folder, ["matrix", "--lane", lanes, "--no-install"]));
      const seconds = (performance.now() - start) / 1000;
      return { lanes, seconds, counts: JSON.stringify(isRecord(result) ? result["counts"] : null) };
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  });
}
