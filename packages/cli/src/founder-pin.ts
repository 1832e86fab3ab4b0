import { join } from "node:path";
import { errorCode, readSmallFile, writeNewFile } from "@stage6/evidence-interface/fs";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";
import { makeFolder } from "./make-folder.ts";

/** How ssh-keygen writes the fingerprint of a key. */
export const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/;
const NAME = "founder";
const MAX_BYTES = 256;

const pinFile = (keys: string, harnessId: string): string => join(keys, harnessId, NAME);

/** Fingerprint of the founder of a harness, as this user was told; null when nobody told. It lies beside the private keys, outside of every root. */
export async function readFounder(keys: string, harnessId: string): Promise<string | null> {
  const file = pinFile(keys, harnessId);
  let text: string | undefined;
  try {
    text = (await readSmallFile(file, MAX_BYTES))?.toString("utf8").trimEnd();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
  }
  if (text !== undefined && FINGERPRINT.test(text)) return text;
  throw new CliError("FOUNDER_UNKNOWN", EXIT.refused, `${file} is no fingerprint of a founder's key`, {
    remedy: "Put back the line that was there, or remove the file and say anew whom you trust.",
  });
}

/** Remembers the founder of a harness, for ever: another one for the same harness is refused, and there is no call that forgets. */
export async function pinFounder(keys: string, harnessId: string, fingerprint: string): Promise<void> {
  const file = pinFile(keys, harnessId);
  await makeFolder(join(keys, harnessId), 0o700);
  if ((await writeNewFile(join(keys, harnessId), file, Buffer.from(`${fingerprint}\n`))) !== "different")
    return;
  throw new CliError("FOUNDER_UNKNOWN", EXIT.refused, `another founder of this harness is trusted here`, {
    remedy: `See ${file}. Nothing was changed.`,
  });
}
