import { opendir } from "node:fs/promises";
import { join } from "node:path";
import type { RawFile } from "@stage6/eligibility";
import { errorCode, listFiles, readHashed } from "@stage6/evidence-interface/fs";
import type { Sha256 } from "@stage6/evidence-interface";
import { byCodeUnit } from "../order.ts";
import { checkFolder, kindOf, readRootFile } from "../read-root-file.ts";
import type { RootFinding } from "../root-finding.ts";
import type { RootInput } from "../root-input.ts";

/** Most entries of one folder of the gate. */
const MAX_ENTRIES = 1000;

/** Most bytes of one file that is hashed and not held, and of all files of a folder of them. */
export const MAX_HASHED_BYTES = 256 * 1024 * 1024;
const MAX_FOLDER_BYTES = 4 * MAX_HASHED_BYTES;

/** Reads raw files of a harness root and keeps note of what was read and of what could not be. Follows no link, never throws on input. */
export class RawReader {
  readonly findings: RootFinding[] = [];
  readonly inputs: RootInput[] = [];
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** One file; null when it is absent, and when it cannot be read, which is a finding. */
  async file(path: string, role: RootInput["role"]): Promise<RawFile | null> {
    const read = await readRootFile(this.#root, path);
    if (read.ok) {
      this.inputs.push({ role, path, sha256: read.sha256 });
      return { path, bytes: read.bytes };
    }
    if (read.finding.code !== "ARTIFACT_MISSING") this.findings.push(read.finding);
    return null;
  }

  /** Every regular file of a folder whose name ends like this, in order. */
  async files(folder: string, ending: string, role: RootInput["role"]): Promise<RawFile[]> {
    const names = await this.#entries(folder, (entry) => entry.isFile());
    const found: RawFile[] = [];
    for (const name of names.filter((one) => one.endsWith(ending) && !one.startsWith("."))) {
      const file = await this.file(`${folder}/${name}`, role);
      if (file !== null) found.push(file);
    }
    return found;
  }

  /** Names of the folders of a folder, in order. */
  async folders(folder: string): Promise<string[]> {
    return this.#entries(folder, (entry) => entry.isDirectory());
  }

  /** Digests of every file below a folder, by path below it. */
  async digests(folder: string): Promise<ReadonlyMap<string, Sha256>> {
    const digests = new Map<string, Sha256>();
    const fault = checkFolder(this.#root, folder);
    if (fault !== null) {
      if (fault.rule !== "absent") this.findings.push(fault);
      return digests;
    }
    const { files, findings } = await listFiles(join(this.#root, folder));
    this.findings.push(...findings.map((finding) => ({ ...finding, file: `${folder}/${finding.file}` })));
    let left = MAX_FOLDER_BYTES;
    for (const path of files) {
      try {
        const most = Math.min(MAX_HASHED_BYTES, left);
        const { size, sha256 } = await readHashed(join(this.#root, folder, path), () => undefined, most);
        left -= size;
        digests.set(path, sha256);
      } catch (error) {
        const found = errorCode(error);
        const file = `${folder}/${path}`;
        this.findings.push(
          found === "EFBIG"
            ? {
                code: "INPUT_TOO_LARGE",
                rule: "file",
                file,
                expected: `at most ${MAX_HASHED_BYTES} bytes, and ${MAX_FOLDER_BYTES} of all files`,
              }
            : { code: "UNREADABLE", rule: "file", file, found },
        );
      }
    }
    return digests;
  }

  async #entries(
    folder: string,
    wanted: (entry: { isFile(): boolean; isDirectory(): boolean }) => boolean,
  ): Promise<string[]> {
    const fault = checkFolder(this.#root, folder);
    if (fault !== null) {
      if (fault.rule !== "absent") this.findings.push(fault);
      return [];
    }
    const names: string[] = [];
    let seen = 0;
    try {
      for await (const entry of await opendir(join(this.#root, folder))) {
        seen += 1;
        if (seen > MAX_ENTRIES) {
          const expected = `at most ${MAX_ENTRIES} entries`;
          this.findings.push({ code: "INPUT_TOO_LARGE", rule: "entries", file: folder, expected });
          break;
        }
        if (wanted(entry)) names.push(entry.name);
        else if (!entry.isFile() && !entry.isDirectory())
          this.findings.push({ code: "NOT_A_FILE", rule: kindOf(entry), file: `${folder}/${entry.name}` });
      }
    } catch (error) {
      this.findings.push({ code: "UNREADABLE", rule: "folder", file: folder, found: errorCode(error) });
    }
    return names.toSorted(byCodeUnit);
  }
}
