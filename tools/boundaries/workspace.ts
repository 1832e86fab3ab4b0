import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { isRecord } from "./is-record.ts";

/** One package folder: its manifest as far as imports are concerned, and the source files in it. */
export interface PackageTree {
  /** Folder name under packages/, or "." for the root with its tools. */
  readonly name: string;
  /** Folder relative to the root, with forward slashes. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** Source files relative to the folder, with forward slashes, sorted. */
  readonly files: readonly string[];
}

/** The parts of package.json that decide what may be imported, and what an import of the package reaches. */
export interface Manifest {
  readonly name: string;
  readonly production: readonly string[];
  readonly development: readonly string[];
  readonly exports: unknown;
}

const SOURCE = /\.[mc]?[jt]sx?$/;
const SKIPPED = new Set(["node_modules", "dist", "coverage", "fixtures"]);

/** Reads the root (manifest and tools/) and every package under packages/ below `root`. */
export function readWorkspace(root: string): PackageTree[] {
  const folders = readdirSync(join(root, "packages"), { withFileTypes: true });
  const names = folders.filter((entry) => existsSync(join(root, "packages", entry.name, "package.json")));
  const packages = names.map((entry) => readTree(root, entry.name, `packages/${entry.name}`, ""));
  const tools = existsSync(join(root, "tools")) ? [readTree(root, ".", ".", "tools")] : [];
  return [...tools, ...packages.sort((a, b) => (a.name < b.name ? -1 : 1))];
}

function readTree(root: string, name: string, folder: string, below: string): PackageTree {
  const manifest = readManifest(join(root, folder, "package.json"));
  return { name, folder, manifest, files: listSources(join(root, folder), below).sort() };
}

function readManifest(file: string): Manifest {
  const value: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (!isRecord(value)) throw new Error(`${file}: not an object`);
  const names = (field: string) => Object.keys(value[field] ?? {});
  const production = ["dependencies", "peerDependencies", "optionalDependencies"].flatMap(names);
  return {
    name: String(value.name),
    production,
    development: names("devDependencies"),
    exports: value.exports,
  };
}

function listSources(folder: string, below: string): string[] {
  const entries = readdirSync(join(folder, below), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = join(below, entry.name);
    if (entry.isDirectory())
      return SKIPPED.has(entry.name) && !path.includes(`src${sep}`) ? [] : listSources(folder, path);
    return SOURCE.test(entry.name) ? [path.split(sep).join("/")] : [];
  });
}
