import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { seedRepository } from "@stage6/runner";
import { mkdir, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Sandbox, finish } from "../testing/run-stage6.ts";
import { backendsFolder } from "../user-folders.ts";
import { ensureBackend } from "./drive.ts";

/** A command that no one else runs. */
const SLEEP = "sleep 47.1311";
const DEADLINE_MS = 120_000;

let sandbox: Sandbox;
const env = { STAGE6_BACKENDS_DIR: backendsFolder(process.env) };
beforeAll(async () => {
  await ensureBackend("codex");
  await ensureBackend("pi");
  sandbox = await Sandbox.make();
}, 900_000);
afterAll(async () => sandbox.remove());

test("rehearse --candidate pi goes the whole way without Case", async () => {
  const words = [
    "rehearse",
    "--candidate",
    "pi",
    "--lanes",
    "pi",
    "--fixtures",
    "add-feature",
    "--no-install",
  ];
  const ran = await sandbox.run([...words, "--json"], env);
  expect(ran).toMatchObject({ code: 0 });
  const document: { comparison: { cells: { verdict: string; fixture: string }[] } } = JSON.parse(ran.out);
  expect(document).toMatchObject({
    rehearsal: "complete",
    trials: { planned: 6, sealed: 6, missing: 0 },
    blocked: [
      { lane: "case", code: "NOT_SELECTED" },
      { lane: "codex", code: "NOT_SELECTED" },
    ],
    document: { state: "written" },
    comparison: { candidate: "pi" },
  });
  expect(document.comparison.cells.length).toBeGreaterThan(0);
  for (const { verdict } of document.comparison.cells.filter(({ fixture }) => fixture === "add-feature"))
    expect(["matches", "beats", "not-applicable", "inconclusive"]).toContain(verdict);
}, 300_000);

/** Processes whose command line holds these words. */
async function running(words: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name));
  const lines = await Promise.all(
    pids.map(async (pid) =>
      (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " "),
    ),
  );
  return lines.filter((line) => line.includes(words));
}

async function until(condition: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + DEADLINE_MS;
  while (Date.now() < end) {
    if (await condition()) return true;
    await sleep(100);
  }
  return false;
}

test.runIf(process.platform === "linux").each(["codex", "pi"])(
  "a SIGTERM to the runner ends the real %s and all it started, and leaves no half bundle",
  async (lane) => {
    const root = ["--harness-root", `interrupted-${lane}`];
    const files = join(sandbox.path, `${lane}-files`);
    await mkdir(files);
    await writeFile(join(files, "a.txt"), "a\n");
    await writeFile(join(sandbox.path, "task.md"), "Wait.\n");
    await writeFile(
      join(sandbox.path, "script.json"),
      JSON.stringify({
        steps: [
          { do: "shell", command: SLEEP },
          { do: "say", text: "Waited." },
        ],
      }),
    );
    await seedRepository(files, join(sandbox.path, `${lane}-repository`));
    const add = ["--from", `${lane}-repository`, "--base", "main", "--task", "task.md", "--allow", "a.txt"];
    const how = ["--id", "waits", "--expects", "no-change", "--script", "script.json", "--oracle", "true"];
    const owned = ["--owner", "the tests", "--consent", "made for this test"];
    await sandbox.call(["init", ...root], env);
    expect(await sandbox.call(["fixtures", "add", ...add, ...owned, ...how, ...root], env)).toMatchObject({
      code: 0,
    });
    const plan = ["plan", "--candidate", lane, "--lanes", lane, "--fixtures", "waits", ...root];
    expect(await sandbox.call(plan, env)).toMatchObject({ code: 0 });
    const child = sandbox.start(["run", "--concurrency", "2", ...root], env);
    const whole = finish(child);
    const begun = await until(async () => (await running(SLEEP)).length > 0 || child.exitCode !== null);
    expect({ begun, exit: child.exitCode }).toEqual({ begun: true, exit: null });
    child.kill("SIGTERM");
    expect(await whole).toMatchObject({ code: 130, out: expect.stringContaining("Interrupted.") });
    expect(await until(async () => (await running(SLEEP)).length === 0)).toBe(true);
    expect(await readdir(join(sandbox.path, `interrupted-${lane}`, "staging")).catch(() => [])).toEqual([]);
    const compared = await sandbox.call(["compare", ...root, "--json"], env);
    expect(compared.code).not.toBe(3);
    expect(compared.code).not.toBe(0);
  },
  300_000,
);
