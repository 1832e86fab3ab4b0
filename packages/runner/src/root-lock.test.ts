import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withRootLock } from "./root-lock.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = makeTempFolder();
  path = join(folder, "run.lock");
});
afterEach(() => removeTempFolder(folder));

describe("the lock of a root", () => {
  it("names its owner while the work runs, and is gone afterwards", async () => {
    const seen = await withRootLock(path, () => Promise.resolve(readFileSync(path, "utf8")));
    expect(seen).toBe(`${process.pid}\n`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is gone also when the work fails", async () => {
    await expect(withRootLock(path, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("refuses a second run of the same process", async () => {
    await withRootLock(path, async () => {
      await expect(withRootLock(path, () => Promise.resolve())).rejects.toMatchObject({ code: "ROOT_BUSY" });
      expect(existsSync(path)).toBe(true);
    });
  });

  it("lets one of many through when all come at once", async () => {
    writeFileSync(path, "no number\n");
    let inside = 0;
    let most = 0;
    const runs = Array.from({ length: 8 }, () =>
      withRootLock(path, async () => {
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, 50));
        inside -= 1;
      }),
    );
    const ends = await Promise.allSettled(runs);
    expect([most, ends.filter(({ status }) => status === "fulfilled").length]).toEqual([1, 1]);
  });

  it("refuses while another process that holds it is alive", async () => {
    const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 20000)"], { stdio: "ignore" });
    try {
      writeFileSync(path, `${child.pid ?? 0}\n`);
      await expect(withRootLock(path, () => Promise.resolve())).rejects.toMatchObject({
        code: "ROOT_BUSY",
        message: `another run (process ${child.pid ?? 0}) uses this harness root`,
      });
      expect(readFileSync(path, "utf8")).toBe(`${child.pid ?? 0}\n`);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it.each(["its owner is dead", "it names nobody", "it names this process, of an earlier life"])(
    "is taken over when %s",
    async (why) => {
      const child = spawn(process.execPath, ["-e", ""], { stdio: "ignore" });
      await once(child, "exit");
      const owner = { "its owner is dead": child.pid, "it names nobody": "" }[why] ?? process.pid;
      writeFileSync(path, `${owner}\n`);
      expect(await withRootLock(path, () => Promise.resolve("ran"))).toBe("ran");
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});
