import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { readSmallFile } from "@stage6/evidence-interface/fs";
import type { BackendSource, NodeProgram } from "@stage6/lane-contract";
import { isInside } from "./is-inside.ts";
import { isFile } from "./is-file.ts";
import { digestOf, filesBelow } from "./program-files.ts";

type NodeSource = Extract<BackendSource, { kind: "npm-node" }>;

/** A Node program that was found: its files and the Node that runs it; `node` null when none here is new enough. */
export interface FoundProgram {
  readonly script: string;
  /** Folder whose files are the program; null when only the script is known. */
  readonly folder: string | null;
  readonly node: string | null;
  /** Absolute paths that the program needs to see of its own installation. */
  readonly installation: readonly string[];
  /** Oldest Node that runs it; null when no manifest says so. */
  readonly minimumNode: string | null;
}

const MAX_MANIFEST_BYTES = 1024 * 1024;

/** Finds the program in the `node_modules` folder of the backends folder; null when it is not there. */
export async function findInstalledProgram(
  source: NodeSource,
  modules: string,
): Promise<FoundProgram | null> {
  const manifest = join(modules, source.manifest);
  const program = await readProgram(source, manifest);
  if (program === null) return null;
  const script = join(dirname(manifest), program.script);
  if (!isInside(modules, script) || !(await isFile(script))) return null;
  return found(source, script, modules, program);
}

/** Describes an operator's own script by the manifests and `node_modules` folders above it. */
export async function findConfiguredProgram(source: NodeSource, configured: string): Promise<FoundProgram> {
  const script = await realpath(configured);
  const modules = modulesAbove(script);
  for (let folder = dirname(script); folder !== dirname(folder); folder = dirname(folder)) {
    const program = await readProgram(source, join(folder, "package.json"));
    if (program !== null && join(folder, program.script) === script)
      return found(source, script, modules, program);
  }
  return found(source, script, modules, null);
}

/**
 * One digest for a program and the Node it runs on: the SHA-256 of a list that holds a digest a line, one of each file
 * below the program's folder in path order, and last that of the Node binary. A script that is only a stub in front of
 * other files, as Pi's is, would say nothing alone. Throws when a file cannot be read.
 */
export async function programDigest(program: FoundProgram, node: string): Promise<string> {
  const list = createHash("sha256");
  for (const path of program.folder === null ? [program.script] : await filesBelow(program.folder))
    list.update(
      `${await digestOf(path)} ${program.folder === null ? "" : path.slice(program.folder.length)}\n`,
    );
  list.update(`${await digestOf(await realpath(node))} node\n`);
  return `sha256:${list.digest("hex")}`;
}

async function found(
  source: NodeSource,
  script: string,
  modules: string | null,
  program: NodeProgram | null,
): Promise<FoundProgram> {
  const node = await findNode(source, modules, program?.minimumNode ?? null);
  return {
    script,
    folder: program === null ? null : dirname(script),
    node,
    installation: [modules ?? (program === null ? script : dirname(script))],
    minimumNode: program?.minimumNode ?? null,
  };
}

async function readProgram(source: NodeSource, manifest: string): Promise<NodeProgram | null> {
  const bytes = await readSmallFile(manifest, MAX_MANIFEST_BYTES).catch(() => null);
  return bytes === null ? null : source.program(bytes.toString("utf8"));
}

async function findNode(
  source: NodeSource,
  modules: string | null,
  minimum: string | null,
): Promise<string | null> {
  for (const path of modules === null ? [] : source.nodes(process.platform, process.arch)) {
    const node = join(modules ?? "", path);
    if (await isFile(node)) return node;
  }
  return minimum === null || isAtLeast(process.versions.node, minimum) ? process.execPath : null;
}

function isAtLeast(version: string, minimum: string): boolean {
  const [own, wanted] = [version, minimum].map((text) => text.split(".").map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (own?.[index] ?? 0) - (wanted?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** What a program of unknown kind needs to see of its own installation: the nearest `node_modules` folder above it, else the file alone. */
export function installationOf(path: string): string {
  return modulesAbove(path) ?? path;
}

/** The nearest `node_modules` folder above a file; null when there is none. */
function modulesAbove(path: string): string | null {
  const parts = path.split(sep);
  const at = parts.lastIndexOf("node_modules");
  return at < 0 ? null : parts.slice(0, at + 1).join(sep);
}
