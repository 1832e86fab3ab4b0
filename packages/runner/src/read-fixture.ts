import { isUtf8 } from "node:buffer";
import { basename, dirname, join } from "node:path";
import {
  checkDocument,
  formatFinding,
  OwnershipRecord,
  parseStrictBytes,
  sha256,
  strictFinding,
  type Finding,
  type Sha256,
} from "@stage6/evidence-interface";
import { errorCode, readSmallFile } from "@stage6/evidence-interface/fs";
import { Fixture } from "@stage6/lane-contract";
import { commandFaults } from "./command-faults.ts";
import { RunnerError } from "./runner-error.ts";

/** A fixture as it lies in a harness root. */
export interface LoadedFixture {
  readonly fixture: Fixture;
  /** SHA-256 of fixture.json, which names every other file by digest or git id. */
  readonly digest: Sha256;
  readonly folder: string;
  readonly task: string;
  readonly ownership: LoadedOwnership;
}

/** A fixture's ownership record as far as it could be read; a fault lets no lane start and is no error. */
export interface LoadedOwnership {
  readonly record: OwnershipRecord | null;
  /** SHA-256 of ownership.json, null when there is none. */
  readonly digest: Sha256 | null;
  /** Why there is no record though there is a file. */
  readonly fault: string | null;
}

const MAX_OWNERSHIP_BYTES = 256 * 1024;
const MAX_TASK_BYTES = 4 * 1024 * 1024;

/** Reads and checks one fixture; throws FIXTURE_INVALID with the first finding. */
export async function readFixture(folder: string): Promise<LoadedFixture> {
  const fail = (finding: Finding): never => {
    throw new RunnerError(
      "FIXTURE_INVALID",
      formatFinding({ ...finding, file: `${basename(folder)}/${finding.file}` }),
    );
  };
  const file = "fixture.json";
  const bytes = await read(join(folder, file), file);
  const json = parseStrictBytes(bytes);
  if (!json.ok) return fail(strictFinding(json, file));
  const checked = checkDocument(Fixture, json.value, file);
  const [finding] = checked.findings;
  if (checked.value === null) return fail(finding ?? { code: "SCHEMA_INVALID", rule: "schema", file });
  const fixture = checked.value;
  const [fault] = commandFaults(fixture);
  if (fault !== undefined) throw new RunnerError("FIXTURE_INVALID", `${basename(folder)}/${file}: ${fault}`);
  const task = await read(join(folder, fixture.task.file), fixture.task.file);
  const digest = sha256(task);
  if (digest !== fixture.task.sha256)
    return fail({
      code: "DIGEST_MISMATCH",
      rule: "task",
      file: fixture.task.file,
      found: digest,
      expected: fixture.task.sha256,
    });
  // Decoded with replacements the lane would get another text than the one that is named by digest.
  if (!isUtf8(task)) return fail({ code: "BYTES_NOT_CANONICAL", rule: "not-utf8", file: fixture.task.file });
  const ownership = await readOwnership(folder);
  return { fixture, digest: sha256(bytes), folder, task: task.toString("utf8"), ownership };
}

async function readOwnership(folder: string): Promise<LoadedOwnership> {
  const file = "ownership.json";
  let bytes: Buffer | null;
  try {
    bytes = await readSmallFile(join(folder, file), MAX_OWNERSHIP_BYTES);
  } catch (error) {
    const code = errorCode(error);
    return { record: null, digest: null, fault: code === "ENOENT" ? null : `${file}: ${code}` };
  }
  if (bytes === null) return { record: null, digest: null, fault: `${file} is too large` };
  const digest = sha256(bytes);
  const json = parseStrictBytes(bytes);
  if (!json.ok) return { record: null, digest, fault: formatFinding(strictFinding(json, file)) };
  const { value, findings } = checkDocument(OwnershipRecord, json.value, file);
  const [finding] = findings;
  return { record: value, digest, fault: finding === undefined ? null : formatFinding(finding) };
}

async function read(path: string, file: string): Promise<Buffer> {
  const name = `${basename(dirname(path))}/${file}`;
  let bytes: Buffer | null;
  try {
    bytes = await readSmallFile(path, MAX_TASK_BYTES);
  } catch (error) {
    throw new RunnerError(
      "FIXTURE_INVALID",
      formatFinding({ code: "UNREADABLE", rule: "file", file: name, found: errorCode(error) }),
      { cause: error },
    );
  }
  if (bytes === null)
    throw new RunnerError(
      "FIXTURE_INVALID",
      formatFinding({
        code: "INPUT_TOO_LARGE",
        rule: "file",
        file: name,
        expected: `at most ${MAX_TASK_BYTES} bytes`,
      }),
    );
  return bytes;
}
