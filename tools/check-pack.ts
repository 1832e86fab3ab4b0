// Packs every public package, judges the tarballs, and uses them as a stranger would: npm run check:pack
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
  consume(packages);
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

function consume(packages: readonly PackedPackage[]): void {
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
