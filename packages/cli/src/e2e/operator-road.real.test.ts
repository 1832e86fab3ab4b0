import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { finish } from "../testing/run-stage6.ts";

const TOOLS = fileURLToPath(new URL("../../../../tools", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stage6-road-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("R38, R58: the real Case is admitted, runs beside Codex and Pi and compares with them; a failure matrix that is not closed for it refuses, and nothing is sealed or recorded", async () => {
  const walk = join(folder, "walk");
  const script = [join(TOOLS, "run-source.mjs"), join(TOOLS, "operator-road.ts"), walk];
  const child = spawn(process.execPath, [...script, "--fixtures", "fix-failing-test"], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 400_000,
    killSignal: "SIGKILL",
  });
  const { code, out } = await finish(child);
  for (const step of ["source admission", "Stage 5 evidence", "plan", "trials", "comparison"])
    expect(out).toContain(`done     ${step}\n`);
  expect(out).toContain("refused  failure matrix (MATRIX_WRONG_CLOSURE)");
  expect(out).toContain("The road ends at: stage6 matrix\n");
  expect(code).toBe(1);
  expect(await readdir(join(walk, "harness/proofs")).catch(() => [])).toEqual([]);
}, 420_000);
