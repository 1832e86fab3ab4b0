import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { finish } from "../testing/run-stage6.ts";

const TOOLS = fileURLToPath(new URL("../../../../tools", import.meta.url));
const DEADLINE_MS = 1_800_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stage6-road-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Walks the road in a new folder, and gives what was printed. */
async function walk(
  name: string,
  ...words: readonly string[]
): Promise<{ out: string; code: number | null }> {
  const script = [join(TOOLS, "run-source.mjs"), join(TOOLS, "operator-road.ts"), join(folder, name)];
  const child = spawn(process.execPath, [...script, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: DEADLINE_MS,
    killSignal: "SIGKILL",
  });
  return finish(child);
}
const STEPS = [
  "operator",
  "signed policy",
  "source admission",
  "Stage 5 evidence",
  "plan",
  "trials",
  "comparison",
  "failure matrix",
  "proof",
  "acceptance",
  "record",
];
const records = async (name: string): Promise<string[]> =>
  (await readdir(join(folder, name, "harness/eligibility"))).filter((file) => file.endsWith(".dsse.json"));

it(
  "R38, R58: from an empty folder to the rehearsal of the real Case beside Codex and Pi, and no further without live evidence",
  async () => {
    const { code, out } = await walk("scripted", "--fixtures", "fix-failing-test");
    for (const step of STEPS) expect(out).toContain(`done     ${step}\n`);
    expect(out).toContain("rows 65, cells 260, covered 251, blocked 9, open 0, wrong closure 0\n");
    expect(out).toContain("Recorded rehearsal: ");
    expect(out).toContain("Missing: evidence-class\n");
    expect(out).toContain("Stage 6 gate: refused (exit 1), activation: none\n");
    expect(code).toBe(0);
    expect(await records("scripted")).toHaveLength(1);
  },
  DEADLINE_MS,
);

it(
  "R4, R5, R45, R58: with a model server of this machine that the policy declares live, to candidate default, a gate that holds and a healthy root",
  async () => {
    const { code, out } = await walk("live", "--live");
    for (const step of [...STEPS, "live evidence"]) expect(out).toContain(`done     ${step}\n`);
    expect(out).toContain("Recorded candidate-default: ");
    expect(out).toContain("Stage 6 gate: pass (exit 0), activation: none\n");
    expect(out).toContain("Candidate only, not active: the candidate stays disabled by default.\n");
    expect(code).toBe(0);
    expect(await records("live")).toHaveLength(1);
  },
  DEADLINE_MS,
);
