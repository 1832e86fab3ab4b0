import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { runTool } from "@stage6/bounds";
import { checkDocument, digestHex } from "@stage6/evidence-interface";
import { errorCode, readHashed, readSmallFile } from "@stage6/evidence-interface/fs";
import { isLane } from "@stage6/lane-conformance";
import type { Lane } from "@stage6/lane-contract";
import Type from "typebox";
import { CliError } from "../cli-error.ts";
import { EXIT } from "../exit-code.ts";

/** A lane as it was found inside a packed package. */
export interface LoadedLane {
  readonly lane: Lane;
  readonly pack: {
    /** File name of the tarball. */
    readonly file: string;
    readonly name: string;
    readonly version: string;
    /** SHA-256 of the tarball, hex. */
    readonly sha256: string;
  };
  /** Removes what was unpacked; the lane's backend may lie in it, so not before the last trial. */
  readonly dispose: () => Promise<void>;
}

/** What has to be known of a lane package's manifest. */
const PackageManifest = Type.Object({
  name: Type.String({ pattern: "^(@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*$", maxLength: 214 }),
  version: Type.String({ minLength: 1, maxLength: 64 }),
});

const UNPACK_MS = 60_000;
const MAX_MANIFEST_BYTES = 1024 * 1024;

function invalid(message: string, remedy: string, cause?: unknown): CliError {
  return new CliError("LANE_INVALID", EXIT.invalid, message, { remedy, cause });
}

/**
 * Unpacks a packed lane package below the caller's `node_modules`, so that its imports are those of the caller's project,
 * and loads the one lane that it exports. What is examined is thus the very file whose digest is stated. The lane's code
 * runs with this program's rights: the author examines his own.
 */
export async function loadLane(cwd: string, file: string): Promise<LoadedLane> {
  const tarball = resolve(cwd, file);
  const { sha256 } = await readHashed(tarball).catch((error: unknown) => {
    throw new CliError("USAGE", EXIT.usage, `${file} cannot be read (${errorCode(error)})`, {
      remedy: "Name the file that npm pack made.",
      cause: error,
    });
  });
  const scratch = await makeScratch(cwd);
  const dispose = async (): Promise<void> => rm(scratch, { recursive: true, force: true });
  try {
    const { name, version } = await unpack(tarball, scratch);
    const lane = await importLane(scratch, name);
    return { lane, pack: { file: basename(tarball), name, version, sha256: digestHex(sha256) }, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function makeScratch(cwd: string): Promise<string> {
  try {
    return await mkdtemp(join(cwd, "node_modules", ".stage6-lane-"));
  } catch (error) {
    throw new CliError("USAGE", EXIT.usage, `there is no node_modules folder here that can be written to`, {
      remedy: "Run this in the lane's project, after npm install.",
      cause: error,
    });
  }
}

async function unpack(tarball: string, scratch: string): Promise<{ name: string; version: string }> {
  const { PATH = "/usr/bin:/bin" } = process.env;
  const done = await runTool(["tar", "-xzf", tarball, "-C", scratch], {
    cwd: scratch,
    env: { PATH, LANG: "C.UTF-8" },
    timeoutMs: UNPACK_MS,
    maxBytes: 65_536,
  });
  const bytes =
    done.exitCode === 0
      ? await readSmallFile(join(scratch, "package", "package.json"), MAX_MANIFEST_BYTES).catch(() => null)
      : null;
  if (bytes === null)
    throw invalid("the file is no packed package", "Make it with npm pack, and name the .tgz file.");
  const { value } = checkDocument(PackageManifest, parsed(bytes), "package.json");
  if (value === null) throw invalid("its package.json states no name and version", "Correct package.json.");
  const home = join(scratch, "node_modules", value.name);
  await mkdir(dirname(home), { recursive: true });
  await rename(join(scratch, "package"), home);
  return value;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return null;
  }
}

async function importLane(scratch: string, name: string): Promise<Lane> {
  const entry = join(scratch, "entry.mjs");
  await writeFile(entry, `export * from ${JSON.stringify(name)};\n`);
  const module: unknown = await import(pathToFileURL(entry).href).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : "unknown error";
    throw invalid(`${name} cannot be loaded: ${why}`, "Check exports and files of its package.json.", error);
  });
  const values: unknown[] = typeof module === "object" && module !== null ? Object.values(module) : [];
  const lanes = values.filter(isLane);
  const [lane] = lanes;
  if (lane !== undefined && lanes.length === 1) return lane;
  throw invalid(
    `${name} exports ${lanes.length === 0 ? "no lane for this contract" : `${lanes.length} lanes`}`,
    "Export exactly one Lane by name; its type tells what is missing.",
  );
}
