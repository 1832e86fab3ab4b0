import { realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BlockReason } from "@stage6/evidence-interface";
import { readHashed, readSmallFile } from "@stage6/evidence-interface/fs";
import type { Lane } from "@stage6/lane-contract";
import { isFile } from "./is-file.ts";
import { isInside } from "./is-inside.ts";
import { locateProvided } from "./locate-provided.ts";
import {
  findConfiguredProgram,
  findInstalledProgram,
  programDigest,
  type FoundProgram,
} from "./locate-node-program.ts";

/** A backend that was found: what to run, and what it is. */
export interface LocatedBackend {
  readonly executable: string;
  readonly args: readonly string[];
  readonly sha256: string;
  /** Absolute paths that it needs to see of its own installation. */
  readonly installation: readonly string[];
  /** How it was found. */
  readonly source: "config" | "environment" | "backends-folder" | "bundled";
}

/** Found, or why not and what to do. */
export type Located =
  | { readonly ok: true; readonly backend: LocatedBackend }
  | { readonly ok: false; readonly code: BlockReason; readonly detail: string; readonly remedy: string };

/** Where backends may be. */
export interface BackendPlaces {
  /** Operator's own binary for this lane; wins over everything else. */
  readonly configured: string | null;
  /** Folder of installed backends, one folder each. */
  readonly backendsDir: string;
  /** Environment of the operator, for backends that only variables name; none are read when left out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const MAX_MANIFEST_BYTES = 1024 * 1024;

async function describe(
  executable: string,
  args: readonly string[],
  source: LocatedBackend["source"],
  installation: string,
): Promise<Located> {
  try {
    const subject = args[0] ?? executable;
    const { sha256 } = await readHashed(await realpath(subject));
    return { ok: true, backend: { executable, args, sha256, installation: [installation], source } };
  } catch {
    return unreadable(source);
  }
}

function unreadable(source: LocatedBackend["source"]): Located {
  return {
    ok: false,
    code: "BACKEND_UNREADABLE",
    detail: `${source} backend cannot be read`,
    remedy: "Check that the file is readable by this user.",
  };
}

function unsupported(lane: Lane): Located {
  return {
    ok: false,
    code: "PLATFORM_UNSUPPORTED",
    detail: `no ${lane.id} binary exists for ${process.platform}-${process.arch}`,
    remedy: "Run on a platform that the backend supports.",
  };
}

function missing(lane: Lane, folder: string): Located {
  return {
    ok: false,
    code: "BACKEND_MISSING",
    detail: `the ${lane.id} backend is not installed`,
    remedy: `stage6 backends install ${folder}`,
  };
}

async function locateNpmNative(
  lane: Lane,
  source: Extract<Lane["backend"], { kind: "npm-native" }>,
  places: BackendPlaces,
): Promise<Located> {
  const modules = join(places.backendsDir, source.folder, "node_modules");
  const manifests = source.manifests(process.platform, process.arch);
  if (manifests.length === 0) return unsupported(lane);
  for (const manifest of manifests) {
    const path = join(modules, manifest);
    const bytes = await readSmallFile(path, MAX_MANIFEST_BYTES).catch(() => null);
    const entry = bytes === null ? null : source.entrypoint(bytes.toString("utf8"));
    if (entry === null) continue;
    const executable = join(dirname(path), entry);
    if (isInside(modules, executable) && (await isFile(executable)))
      return describe(executable, [], "backends-folder", modules);
  }
  return missing(lane, source.folder);
}

async function locateNpmNode(
  lane: Lane,
  source: Extract<Lane["backend"], { kind: "npm-node" }>,
  places: BackendPlaces,
): Promise<Located> {
  if (source.nodes(process.platform, process.arch).length === 0) return unsupported(lane);
  const program = await findInstalledProgram(source, join(places.backendsDir, source.folder, "node_modules"));
  return program === null ? missing(lane, source.folder) : describeProgram(lane, program, "backends-folder");
}

async function describeProgram(
  lane: Lane,
  program: FoundProgram,
  source: LocatedBackend["source"],
): Promise<Located> {
  const { script, node } = program;
  if (node === null)
    return {
      ok: false,
      code: "VERSION_UNSUPPORTED",
      detail: `the ${lane.id} backend needs Node ${program.minimumNode ?? "newer"}, this is ${process.versions.node}, and no Node lies beside it`,
      remedy: "Install the backend with its optional packages, or run stage6 on a newer Node.",
    };
  try {
    const sha256 = await programDigest(program, node);
    return {
      ok: true,
      backend: { executable: node, args: [script], sha256, installation: program.installation, source },
    };
  } catch {
    return unreadable(source);
  }
}

/** Finds a lane's backend: the operator's own by configuration, else the installed one. Never searches PATH. */
export async function locateBackend(lane: Lane, places: BackendPlaces): Promise<Located> {
  const source = lane.backend;
  if (places.configured !== null) return locateConfigured(lane, places.configured, places.env ?? {});
  switch (source.kind) {
    case "node-script":
      return describe(process.execPath, [fileURLToPath(source.url)], "bundled", fileURLToPath(source.url));
    case "npm-native":
      return locateNpmNative(lane, source, places);
    case "npm-node":
      return locateNpmNode(lane, source, places);
    case "provided":
      return locateProvided(lane.id, source, places.env ?? {}, null);
  }
}

async function locateConfigured(
  lane: Lane,
  configured: string,
  env: NonNullable<BackendPlaces["env"]>,
): Promise<Located> {
  if (lane.backend.kind === "provided") return locateProvided(lane.id, lane.backend, env, configured);
  if (!(await isFile(configured)))
    return {
      ok: false,
      code: "BACKEND_MISSING",
      detail: `the configured ${lane.id} binary does not exist`,
      remedy: `Correct backends.${lane.id} in harness.json.`,
    };
  if (lane.backend.kind !== "npm-node") return describe(configured, [], "config", configured);
  return describeProgram(lane, await findConfiguredProgram(lane.backend, configured), "config");
}
