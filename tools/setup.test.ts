import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

// A stand-in for npm that takes a moment, as the real one does, and writes down each start.
const NPM = `
const fs = require("node:fs");
fs.appendFileSync("npm-starts.txt", process.argv.slice(2).join(" ") + "\\n");
setTimeout(() => {
  if (fs.existsSync("npm-fails")) { console.error("EUSAGE lock and manifest differ"); process.exit(1); }
  fs.mkdirSync("node_modules", { recursive: true });
}, 700);
`;

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stage6-setup-"));
  for (const name of ["setup.mjs", "setup-lock.mjs"]) {
    cpSync(join(import.meta.dirname, name), join(root, "tools", name), { recursive: true });
  }
  mkdirSync(join(root, "packages", "one"), { recursive: true });
  writeFileSync(join(root, "packages", "one", "package.json"), JSON.stringify({ name: "one" }));
  writeFileSync(join(root, "package.json"), JSON.stringify({ name: "all", scripts: {} }));
  writeFileSync(join(root, "package-lock.json"), "{}");
  writeFileSync(join(root, "npm-cli.js"), NPM);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function environment() {
  return { ...process.env, npm_execpath: join(root, "npm-cli.js") };
}

function setup(...args: string[]) {
  const options = { env: environment(), encoding: "utf8", timeout: 20_000 } as const;
  return spawnSync(process.execPath, [join(root, "tools", "setup.mjs"), ...args], options);
}

function starts(): number {
  const file = join(root, "npm-starts.txt");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").length : 0;
}

test("installs once, says so in one line on stderr, and is silent when nothing changed", () => {
  const first = setup();
  expect([first.status, first.stdout]).toEqual([0, ""]);
  expect(first.stderr).toBe("setup: installing the packages of package-lock.json (npm ci)\n");
  expect(setup()).toMatchObject({ status: 0, stdout: "", stderr: "" });
  expect(starts()).toBe(1);
});

test("installs again when the lock or a manifest's dependencies change, not when a script does", () => {
  setup();
  writeFileSync(join(root, "package.json"), JSON.stringify({ name: "all", scripts: { test: "true" } }));
  setup();
  expect(starts()).toBe(1);
  writeFileSync(
    join(root, "packages", "one", "package.json"),
    JSON.stringify({ name: "one", dependencies: { a: "1" } }),
  );
  setup();
  expect(starts()).toBe(2);
  writeFileSync(join(root, "package-lock.json"), "{ }");
  setup();
  expect(starts()).toBe(3);
});

test("a stamp written after a plain npm install makes the next setup do nothing", () => {
  expect(setup("--stamp").status).toBe(0);
  setup();
  expect(starts()).toBe(0);
});

test("a failed install is reported with npm's words, exits 1 and leaves no stamp", () => {
  writeFileSync(join(root, "npm-fails"), "");
  const failed = setup();
  expect(failed.status).toBe(1);
  expect(failed.stderr).toContain("EUSAGE lock and manifest differ");
  rmSync(join(root, "npm-fails"));
  expect(setup().status).toBe(0);
  expect(starts()).toBe(2);
});

test("three started at once install once and leave no lock behind", async () => {
  const run = () =>
    new Promise<number | null>((done) => {
      const options = { env: environment(), stdio: "ignore", timeout: 20_000 } as const;
      spawn(process.execPath, [join(root, "tools", "setup.mjs")], options).on("exit", done);
    });
  expect(await Promise.all([run(), run(), run()])).toEqual([0, 0, 0]);
  expect(starts()).toBe(1);
  expect(existsSync(join(root, ".setup-lock"))).toBe(false);
});

test("a lock whose owner died is replaced, a lock whose owner lives is respected", () => {
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  mkdirSync(join(root, ".setup-lock"));
  writeFileSync(join(root, ".setup-lock", "owner.json"), JSON.stringify({ pid: dead, host: hostname() }));
  expect(setup().status).toBe(0);
  expect(starts()).toBe(1);

  writeFileSync(join(root, "package-lock.json"), "{ }");
  mkdirSync(join(root, ".setup-lock"));
  writeFileSync(
    join(root, ".setup-lock", "owner.json"),
    JSON.stringify({ pid: process.pid, host: hostname() }),
  );
  const options = { env: environment(), timeout: 1500 };
  const waiting = spawnSync(process.execPath, [join(root, "tools", "setup.mjs")], options);
  expect([waiting.status, waiting.signal]).toEqual([null, "SIGTERM"]);
  expect(starts()).toBe(1);
});
