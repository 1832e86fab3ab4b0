import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const repository = join(import.meta.dirname, "..");
const runner = join(import.meta.dirname, "run-source.mjs");
let folder: string;
let entry: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "stage6-source-")));
  entry = join(folder, "entry.ts");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(cwd: string, initCwd: string | undefined, ...args: string[]) {
  const env = { ...process.env, INIT_CWD: initCwd };
  return spawnSync(process.execPath, [runner, entry, ...args], {
    cwd,
    env,
    encoding: "utf8",
    input: "in",
    timeout: 20_000,
  });
}

test("arguments, standard input, output and exit code pass through unchanged", () => {
  writeFileSync(
    entry,
    `
    import { readFileSync } from "node:fs";
    const parts: string[] = [readFileSync(0, "utf8"), ...process.argv.slice(2)];
    console.log(JSON.stringify(parts));
    process.exitCode = 3;`,
  );
  const done = run(folder, undefined, "a b", "--json", "");
  expect(done).toMatchObject({ status: 3, stderr: "", stdout: '["in","a b","--json",""]\n' });
});

test("started by npm in the workspace root it runs where the user stood; anywhere else, where it was started", () => {
  writeFileSync(entry, `process.stdout.write(process.cwd());`);
  expect(run(repository, folder).stdout).toBe(folder);
  expect(run(repository, undefined).stdout).toBe(realpathSync(repository));
  expect(run(folder, repository).stdout).toBe(folder);
});

test("a tsconfig.json where the user stands does not change what the sources import", () => {
  mkdirSync(join(folder, "node_modules", "thing"), { recursive: true });
  writeFileSync(join(folder, "node_modules", "thing", "index.js"), `module.exports = { from: "package" };`);
  writeFileSync(join(folder, "trap.ts"), `export const from = "trap";`);
  const compilerOptions = { paths: { thing: ["./trap.ts"] } };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  writeFileSync(entry, `import { from } from "thing"; process.stdout.write(from);`);
  expect(run(folder, undefined)).toMatchObject({ status: 0, stdout: "package" });
});

test("a signal reaches the program, and a program that died of a signal is seen to have died of it", async () => {
  writeFileSync(
    entry,
    `
    process.on("SIGTERM", () => process.exit(7));
    setTimeout(() => process.kill(process.pid, "SIGKILL"), Number(process.argv[2]));
    console.log("ready");`,
  );
  expect(run(folder, undefined, "1")).toMatchObject({ status: null, signal: "SIGKILL" });

  const child = spawn(process.execPath, [runner, entry, "15000"], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 20_000,
  });
  child.stdout.once("data", () => child.kill("SIGTERM"));
  expect(await new Promise((done) => child.on("exit", done))).toBe(7);
});
