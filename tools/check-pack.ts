// Packs every public package, judges the tarballs, and uses them as a stranger would: npm run check:pack
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { isRecord } from "./boundaries/is-record.ts";
import { type PackedPackage, writeConsumerProject } from "./pack/consumer-project.ts";
import { followLanesPage } from "./pack/follow-lanes-page.ts";
import { runCommand } from "./pack/run-command.ts";
import { tarballFindings } from "./pack/tarball-findings.ts";

const SECOND = 1000;
const root = join(import.meta.dirname, "..");
const work = mkdtempSync(join(tmpdir(), "stage6-pack-"));
const tool = (name: string) => join(root, "node_modules", ".bin", name);

try {
  say("build");
  runCommand(tool("tsc"), ["-b", "tsconfig.build.json"], root, 180 * SECOND);
  const packages = publicManifests().map(pack);
  if (packages.length === 0) throw new Error("no public package was found: nothing was checked");
  for (const one of packages) judge(one);
  const consumer = consume(packages);
  auditAlone(packages, join(consumer, "node_modules/.bin/stage6"));
  await followPage(packages);
  console.log(`pack: ${packages.length} packages packed, judged, installed and used`);
} catch (error) {
  console.error(`pack: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

function publicManifests(): Record<string, unknown>[] {
  const files = readdirSync(join(root, "packages")).map((name) =>
    join(root, "packages", name, "package.json"),
  );
  return files.map(readManifest).filter((manifest) => manifest.private !== true);
}

function readManifest(file: string): Record<string, unknown> {
  const manifest: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (!isRecord(manifest)) throw new Error(`${file}: not an object`);
  return manifest;
}

function pack(manifest: Record<string, unknown>): PackedPackage {
  const name = String(manifest.name);
  say(`pack ${name}`);
  const before = new Set(readdirSync(work));
  npm(["pack", "--workspace", name, "--pack-destination", work, "--ignore-scripts"], root);
  const [tarball, ...more] = readdirSync(work).filter((file) => !before.has(file));
  if (tarball === undefined || more.length > 0) throw new Error(`npm pack of ${name} left no single tarball`);
  const subpaths = Object.keys(isRecord(manifest.exports) ? manifest.exports : {});
  const entries = subpaths.filter((path) => path !== "./package.json").map((path) => name + path.slice(1));
  const commands = Object.keys(isRecord(manifest.bin) ? manifest.bin : {});
  return { name, tarball: join(work, tarball), entries, commands };
}

function judge({ name, tarball }: PackedPackage): void {
  say(`judge ${basename(tarball)}`);
  const listing = runCommand("tar", ["-tzf", tarball], work, 30 * SECOND)
    .trim()
    .split("\n");
  const findings = tarballFindings(listing.map((path) => path.replace(/^package\//, "")));
  if (findings.length > 0) throw new Error(`${name}:\n  ${findings.join("\n  ")}`);
  runCommand(tool("publint"), ["run", tarball, "--strict"], root, 60 * SECOND);
  const attw = ["--profile", "esm-only", "--no-definitely-typed", "--format", "ascii", "--no-emoji"];
  runCommand(tool("attw"), [tarball, ...attw], root, 120 * SECOND);
}

function consume(packages: readonly PackedPackage[]): string {
  const folder = mkdtempSync(join(work, "consumer-"));
  const consumers = ["consumer.ts", "typebox-1.ts", "typebox-0.34.ts"];
  const written = writeConsumerProject(
    folder,
    consumers.map((file) => join(root, "tools", "pack-consumer", file)),
    packages,
  );
  const { devDependencies } = readManifest(join(root, "package.json"));
  const pinned = ["@types/node", "@sinclair/typebox", "typebox"].map(
    (name) => `${name}@${isRecord(devDependencies) ? String(devDependencies[name]) : "latest"}`,
  );
  say("install the tarballs in an empty folder");
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  npm(["install", ...quiet, ...packages.map((one) => one.tarball), ...pinned], folder);
  say("type-check and run consumers, on either TypeBox");
  runCommand(tool("tsc"), ["-p", "tsconfig.json"], folder, 120 * SECOND);
  const programs = written.map((file) => [process.execPath, join(folder, "out", file)]);
  const commands = packages
    .flatMap((one) => one.commands)
    .map((name) => [join(folder, "node_modules", ".bin", name), "--help"]);
  for (const [command = "", ...args] of [...programs, ...commands]) {
    const output = runCommand(command, args, folder, 60 * SECOND);
    if (output.trim() === "") throw new Error(`${basename(command)} ${args.join(" ")} printed nothing`);
    say(output.trim().split("\n", 1)[0] ?? "");
  }
  return folder;
}

/** Installs the validator with what it depends on, and nothing else, and has it judge a root that the whole tool made. */
function auditAlone(packages: readonly PackedPackage[], stage6: string): void {
  const folder = mkdtempSync(join(work, "auditor-"));
  const needed = new Set(["@stage6/validator"]);
  const manifests = publicManifests();
  for (const name of needed) {
    const { dependencies } = manifests.find((manifest) => manifest.name === name) ?? {};
    for (const one of Object.keys(isRecord(dependencies) ? dependencies : {}))
      if (one.startsWith("@stage6/")) needed.add(one);
  }
  say(`install ${[...needed].join(", ")} alone`);
  const tarballs = packages.filter(({ name }) => needed.has(name)).map(({ tarball }) => tarball);
  npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", ...tarballs], folder);
  const installed = readdirSync(join(folder, "node_modules/@stage6")).map((name) => `@stage6/${name}`);
  if (installed.length !== needed.size) throw new Error(`an auditor needs ${installed.join(", ")}`);
  const root = join(folder, "somebody's root");
  const env = { ...process.env, STAGE6_KEYS_DIR: join(folder, "keys") };
  runCommand(stage6, ["init", "--harness-root", root], folder, 60 * SECOND, env);
  const words = ["--harness-root", root, "--json", "--now", new Date().toISOString()];
  const judged = [
    [join(folder, "node_modules/.bin/validate-case-stage6"), ...words],
    [stage6, "validate", ...words],
  ].map(([command = "", ...args]) => {
    const { status, stdout } = spawnSync(command, args, { cwd: folder, env, timeout: 60 * SECOND });
    return `exit ${String(status)}\n${stdout.toString("utf8")}`;
  });
  if (judged[0] !== judged[1] || !(judged[0] ?? "").startsWith("exit 1\n{"))
    throw new Error(`the validator alone judges otherwise than stage6:\n${judged.join("\n")}`);
}

async function followPage(packages: readonly PackedPackage[]): Promise<void> {
  say("follow docs/lanes.md");
  const manifests = publicManifests();
  const served = packages.map(({ name, tarball }) => ({
    name,
    tarball,
    manifest: manifests.find((manifest) => manifest.name === name) ?? {},
  }));
  const folder = mkdtempSync(join(work, "lane-author-"));
  say(await followLanesPage(folder, join(root, "docs", "lanes.md"), served));
}

function npm(args: readonly string[], cwd: string): void {
  const path = process.env.npm_execpath;
  const [command, first] =
    path !== undefined && basename(path) === "npm-cli.js" ? [process.execPath, [path]] : ["npm", []];
  runCommand(command, [...first, ...args], cwd, 300 * SECOND);
}

function say(text: string): void {
  console.error(`pack: ${text}`);
}
