import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { checkDocument, digestHex, EndedBy, sha256, writeStrictBytes } from "@stage6/evidence-interface";
import { errorCode, readSmallFile } from "@stage6/evidence-interface/fs";
import type { LaneSample } from "@stage6/lane-conformance";
import type { ProcessEnd } from "@stage6/lane-contract";
import Type from "typebox";
import { CliError } from "../cli-error.ts";
import { EXIT } from "../exit-code.ts";
import { AGAIN_WORKSPACE, orderStreams, streamOf } from "../raw-streams.ts";

/** Name of the file that makes a folder a sample: how the process ended. Beside it lie the streams, `<stream>.raw`. */
const END_FILE = "end.json";
const MAX_BYTES = 64 * 1024 * 1024;

const SampleEnd = Type.Object(
  {
    exitCode: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
    signal: Type.Union([Type.String({ maxLength: 16 }), Type.Null()]),
    endedBy: EndedBy,
  },
  { additionalProperties: false, description: "How the backend's process ended." },
);

/** Samples of a folder, and the digest of every stream in them. */
export interface LoadedSamples {
  readonly samples: readonly [LaneSample, ...LaneSample[]];
  /** By path below the folder; SHA-256 as hex. */
  readonly streams: readonly { readonly path: string; readonly sha256: string }[];
}

function unusable(message: string, cause?: unknown): CliError {
  const remedy = "Record one: stage6 lanes try <package.tgz> --samples <folder>.";
  return new CliError("USAGE", EXIT.usage, message, { remedy, cause });
}

/** Reads every sample below a folder, in path order; throws USAGE when there is none or one cannot be read. */
export async function readSamples(folder: string, shown: string): Promise<LoadedSamples> {
  const names = await readdir(folder, { recursive: true }).catch((error: unknown) => {
    throw unusable(`the folder of samples ${shown} cannot be read (${errorCode(error)})`, error);
  });
  const homes = names
    .filter((name) => basename(name) === END_FILE)
    .map((name) => dirname(name))
    .toSorted();
  const read = [];
  for (const home of homes) read.push(await readSample(folder, home, shown));
  const [first, ...rest] = read.map(({ sample }) => sample);
  if (first === undefined) throw unusable(`there is no sample in ${shown}`);
  return { samples: [first, ...rest], streams: read.flatMap(({ streams }) => streams) };
}

async function readSample(folder: string, home: string, shown: string) {
  const end = await readEnd(join(folder, home, END_FILE));
  const names = orderStreams((await readdir(join(folder, home))).flatMap((file) => streamOf(file) ?? []));
  if (end === null || names.length === 0)
    throw unusable(`${join(shown, home)} holds no sound ${END_FILE} or no stream <name>.raw`);
  const bytesOf = new Map<string, Uint8Array>();
  for (const name of names) {
    const bytes = await readSmallFile(join(folder, home, `${name}.raw`), MAX_BYTES);
    if (bytes === null) throw unusable(`${join(shown, home, name)}.raw is larger than ${MAX_BYTES} bytes`);
    bytesOf.set(name, new Uint8Array(bytes));
  }
  const sample: LaneSample = {
    name: home,
    workspace: AGAIN_WORKSPACE,
    streams: Object.fromEntries(bytesOf),
    end,
  };
  const streams = [...bytesOf].map(([name, bytes]) => ({
    path: relative(".", join(home, `${name}.raw`))
      .split(sep)
      .join("/"),
    sha256: digestHex(sha256(bytes)),
  }));
  return { sample, streams };
}

async function readEnd(file: string): Promise<ProcessEnd | null> {
  try {
    const bytes = await readSmallFile(file, 4096);
    return bytes === null
      ? null
      : checkDocument(SampleEnd, JSON.parse(bytes.toString("utf8")), END_FILE).value;
  } catch {
    return null;
  }
}

/** Copies the raw streams of a bundle into a new sample folder; false when that sample is there already. */
export async function writeSample(bundle: string, end: ProcessEnd, folder: string): Promise<boolean> {
  await mkdir(dirname(folder), { recursive: true });
  try {
    await mkdir(folder);
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
  const artifacts = join(bundle, "artifacts");
  for (const file of await readdir(artifacts))
    if (streamOf(file) !== null) await copyFile(join(artifacts, file), join(folder, file));
  // Last: a folder without it is no sample.
  await writeFile(join(folder, END_FILE), writeStrictBytes(end), { flag: "wx" });
  return true;
}
