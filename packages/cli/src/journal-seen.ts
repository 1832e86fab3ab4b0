import { randomUUID } from "node:crypto";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import {
  JournalPoint,
  parseStrictBytes,
  validateDocument,
  writeStrictBytes,
} from "@stage6/evidence-interface";
import { errorCode, readSmallFile, syncPath, writeSynced } from "@stage6/evidence-interface/fs";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";
import { makeFolder } from "./make-folder.ts";

const NAME = "journal";
const MAX_BYTES = 256;

const seenFile = (keys: string, harnessId: string): string => join(keys, harnessId, NAME);

/** How far the journal of a harness went when this user last saw it; null when it was never seen. It lies beside the private keys, outside of every root. */
export async function readSeen(keys: string, harnessId: string): Promise<JournalPoint | null> {
  const file = seenFile(keys, harnessId);
  let bytes: Uint8Array | null = null;
  try {
    bytes = await readSmallFile(file, MAX_BYTES);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
  }
  const json = bytes === null ? null : parseStrictBytes(bytes);
  const checked = json?.ok === true ? validateDocument(JournalPoint, json.value) : null;
  if (checked?.ok === true) return checked.value;
  throw new CliError("JOURNAL_ROLLED_BACK", EXIT.invalid, `${file} is no point of a journal`, {
    remedy: "Put back the line that was there.",
  });
}

/** Remembers how far a journal goes that went through everything seen before; a point that is not further changes nothing. */
export async function rememberSeen(keys: string, harnessId: string, point: JournalPoint): Promise<void> {
  const before = await readSeen(keys, harnessId);
  if ((before?.entries ?? 0) >= point.entries) return;
  const folder = join(keys, harnessId);
  await makeFolder(folder, 0o700);
  const draft = join(folder, `.${NAME}-${randomUUID()}`);
  await writeSynced(draft, writeStrictBytes(point));
  await rename(draft, seenFile(keys, harnessId));
  await syncPath(folder);
}
