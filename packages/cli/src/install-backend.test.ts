import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pinFolder, readPin, type BackendPin } from "./backend-pin.ts";
import { installBackend } from "./install-backend.ts";

let folder: string;
let pin: BackendPin;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stage6 install-"));
  const found = await readPin("codex");
  if (found === null) throw new Error("codex is not pinned");
  pin = found;
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

/** Options with a stand-in for npm: nothing is fetched here. */
async function options(script: string, deadlineMs = 30_000) {
  await mkdir(join(folder, "bin"), { recursive: true });
  const npm = join(folder, "bin", "npm-cli.js");
  await writeFile(npm, script);
  await chmod(npm, 0o755);
  const lines: string[] = [];
  return {
    env: { PATH: ["/usr/bin", "/bin"].join(delimiter), npm_execpath: npm },
    log: (line: string) => void lines.push(line),
    signal: new AbortController().signal,
    deadlineMs,
  };
}

test("the lock names no host and holds an integrity for every package", () => {
  const lock: { packages: Record<string, { version?: string; resolved?: string; integrity?: string }> } =
    JSON.parse(pin.lock.toString("utf8"));
  const entries = Object.entries(lock.packages).filter(([path]) => path !== "");
  expect(entries).toHaveLength(7);
  for (const [path, entry] of entries)
    expect({ path, resolved: entry.resolved, locked: entry.integrity?.startsWith("sha512-") }).toEqual({
      path,
      resolved: undefined,
      locked: true,
    });
  expect(lock.packages["node_modules/@openai/codex"]?.version).toBe("0.169.0");
});

test("two installations at once leave one whole backend, and a third finds it", async () => {
  const use = await options(
    `require("node:fs").writeFileSync("done.json", JSON.stringify(process.argv.slice(2)));`,
  );
  const backends = join(folder, "backends");
  await Promise.all([installBackend(backends, pin, use), installBackend(backends, pin, use)]);
  expect(await installBackend(backends, pin, use)).toBe("already-installed");
  expect((await readdir(pinFolder(backends, pin))).toSorted()).toEqual([
    "done.json",
    "package-lock.json",
    "package.json",
  ]);
  expect(await readdir(backends)).toEqual([pin.lockId]);
  const words: string[] = JSON.parse(await readFile(join(pinFolder(backends, pin), "done.json"), "utf8"));
  expect(words).toEqual(
    expect.arrayContaining(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]),
  );
});

test.each([
  [
    "no network",
    `console.error("npm error code ECONNREFUSED"); process.exit(1);`,
    30_000,
    "could not reach the package registry",
  ],
  ["another failure", `process.exit(7);`, 30_000, "exit code 7"],
  ["an npm that hangs", `setInterval(() => {}, 1000);`, 500, "did not end in time"],
])("%s is a typed failure that leaves nothing behind", async (_name, script, deadlineMs, message) => {
  const backends = join(folder, "backends");
  await expect(installBackend(backends, pin, await options(script, deadlineMs))).rejects.toMatchObject({
    code: "BACKENDS_INSTALL_FAILED",
    exitCode: 1,
    message: expect.stringContaining(message),
    remedy: expect.stringContaining("stage6 backends install codex"),
  });
  expect(await readdir(backends)).toEqual([]);
});
