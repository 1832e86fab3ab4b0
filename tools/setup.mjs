// Installs what package-lock.json asks for, and only when it differs from what was installed last.
// Runs before anything is installed, so it may use nothing but Node. `--stamp` only records (see postinstall).
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "./setup-lock.mjs";

const INSTALL_DEADLINE_MS = 9 * 60_000;
const INSTALL_FIELDS = [
  "name",
  "bin",
  "workspaces",
  "overrides",
  "dependencies",
  "devDependencies",
  "optionalDependencies",
  "peerDependencies",
];
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, "node_modules", ".stage6-setup");

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19))
  fail(`Node 20.19 or newer is needed, this is ${process.versions.node}`);

if (process.argv.includes("--stamp")) {
  writeStamp();
} else if (!isCurrent()) {
  await withLock(join(root, ".setup-lock"), () => isCurrent() || install()).catch((error) =>
    fail(error.message),
  );
}

function install() {
  process.stderr.write("setup: installing the packages of package-lock.json (npm ci)\n");
  const npm = process.env.npm_execpath;
  const args = ["ci", "--include=dev", "--include=optional", "--loglevel=error"];
  const options = {
    cwd: root,
    encoding: "utf8",
    timeout: INSTALL_DEADLINE_MS,
    stdio: ["ignore", "pipe", "pipe"],
  };
  const done =
    npm && basename(npm) === "npm-cli.js"
      ? spawnSync(process.execPath, [npm, ...args], options)
      : spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
  if (done.status !== 0) {
    process.stderr.write(`${done.stdout ?? ""}${done.stderr ?? ""}`);
    throw new Error(`npm ci failed (${done.error?.message ?? done.signal ?? `exit ${done.status}`})`);
  }
  writeStamp();
}

function isCurrent() {
  return existsSync(stampFile) && readFileSync(stampFile, "utf8") === fingerprint();
}

function writeStamp() {
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, fingerprint());
}

/** SHA-256 over the lock, what each manifest asks to be installed or linked, and the platform binaries were chosen for. */
function fingerprint() {
  const folders = readdirSync(join(root, "packages")).sort();
  const files = ["package.json", ...folders.map((name) => `packages/${name}/package.json`)];
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
  hash.update(
    createHash("sha256")
      .update(readFileSync(join(root, "package-lock.json")))
      .digest(),
  );
  for (const file of files.filter((name) => existsSync(join(root, name)))) {
    const manifest = JSON.parse(readFileSync(join(root, file), "utf8"));
    hash.update(JSON.stringify([file, ...INSTALL_FIELDS.map((field) => manifest[field] ?? null)]));
  }
  return hash.digest("hex");
}

function fail(message) {
  process.stderr.write(`setup: ${message}\n`);
  process.exit(1);
}
