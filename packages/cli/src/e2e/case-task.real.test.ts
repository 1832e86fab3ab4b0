import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runTool } from "@stage6/bounds";
import { caseLane } from "@stage6/lane-case";
import { probeLane } from "@stage6/runner";
import { afterAll, beforeAll, expect, it } from "vitest";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stage6-case-task-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function find(below: string, suffix: string): Promise<string> {
  const entries = await readdir(below, { recursive: true, withFileTypes: true });
  const found = entries.find((entry) => entry.isFile() && entry.name.endsWith(suffix));
  if (found === undefined) throw new Error(`no *${suffix} below ${below}`);
  return join(found.parentPath, found.name);
}

const keysOf = (text: string): string[] => Object.keys(JSON.parse(text) as object).toSorted();

it("the lane's task file says what `ca create` would have said, so that `create` need not run", async () => {
  const probed = await probeLane(caseLane, { configured: null, backendsDir: "/nowhere", env: process.env });
  if (probed.state !== "available") throw new Error(`${probed.code}: ${probed.detail} ${probed.remedy}`);
  const { executable, args } = probed.backend;
  const [workspace, laneDir] = [join(folder, "target"), join(folder, "lane")];
  await mkdir(workspace);
  const plan = caseLane.plan({
    backend: { executable, args },
    task: "Make it so.\n",
    workspace,
    laneDir,
    home: folder,
    tmp: folder,
    gatewayUrl: "http://127.0.0.1:1",
    model: { class: "scripted", provider: "stage6", id: "stage6-scripted" },
    idleMs: 1000,
    allowedPaths: [],
    script: null,
    path: "/usr/bin:/bin",
  });
  const planned = plan.files.find(({ path }) => path.endsWith(".task.json"));
  for (const file of plan.files) {
    if (file === planned) continue;
    await mkdir(dirname(join(laneDir, file.path)), { recursive: true });
    await writeFile(join(laneDir, file.path), file.content);
  }
  const asked = ["--repo", "target", "--title", "T", "--description", "D", "--mode", "unattended"];
  const { exitCode } = await runTool([executable, ...args, "create", ...asked], {
    cwd: laneDir,
    env: { ...plan.env },
    timeoutMs: 60_000,
    maxBytes: 65_536,
  });
  expect(exitCode).toBe(0);
  const created = await readFile(await find(folder, ".task.json"), "utf8");
  // Besides, ours names the branch, which `create` leaves to whoever runs it.
  expect(keysOf(planned?.content ?? "")).toEqual([...keysOf(created), "branch"].toSorted());
  expect(JSON.parse(created)).toMatchObject({ status: "active", mode: "unattended", profile: "standard" });
});
