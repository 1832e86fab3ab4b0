import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { withFolderLock } from "./folder-lock.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stage6-lock-"));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

/** A mark as the process of this number and start would put it down. */
async function markOf(
  pid: number,
  started: string,
  change: { space?: string; boot?: string } = {},
): Promise<string> {
  const boot = change.boot ?? (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).slice(0, 8);
  const space = change.space ?? (await readlink("/proc/self/ns/pid")).replaceAll(/[^0-9]/g, "");
  const path = join(folder, `.x.lock-${pid}-${started}-${space}-${boot}-${randomUUID()}`);
  await writeFile(path, "");
  return path;
}

async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

const attempt = (): Promise<string> => withFolderLock(folder, "x", () => Promise.resolve("done"), 200);

it("never lets two work at once, however many ask, and leaves no mark", async () => {
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setTimeout(resolve, 2));
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 24 }, () => withFolderLock(folder, "x", work, 60_000)));
  expect(most).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

it("waits for a process that lives, of another user's or of another namespace too (LEDGER_BUSY)", async () => {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  for (const mark of [
    await markOf(pid, await startOf(pid)),
    await markOf(1, await startOf(1)),
    await markOf(2_147_483_646, "1", { space: "1" }),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: "LEDGER_BUSY" });
    await rm(mark);
  }
  child.kill("SIGKILL");
  await once(child, "close");
});

it("takes over from a process that is gone, from its namesake, and from before the last boot", async () => {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  const started = await startOf(pid);
  child.kill("SIGKILL");
  await once(child, "close");
  await markOf(pid, started);
  await markOf(process.pid, "1");
  await markOf(process.pid, await startOf(process.pid));
  await markOf(1, await startOf(1), { boot: "00000000" });
  expect(await attempt()).toBe("done");
  expect(await readdir(folder)).toEqual([]);
});
