import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { keyId, readEd25519Key, type TrustedKeys } from "@stage6/evidence-interface";
import { errorCode, readSmallFile } from "@stage6/evidence-interface/fs";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";
import { makeFolder } from "./make-folder.ts";

const MAX_KEY_BYTES = 65_536;

/** Where the private runner key of a harness lies, outside its root. */
export function runnerKeyFile(keys: string, harnessId: string): string {
  return join(keys, harnessId, "runner.pem");
}

/** Makes the runner key of a new harness: PKCS#8 PEM, mode 0600, in a folder of mode 0700. Returns the public half. */
export async function createRunnerKey(keys: string, harnessId: string): Promise<KeyObject> {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const file = runnerKeyFile(keys, harnessId);
  try {
    await makeFolder(keys, 0o700);
    await mkdir(dirname(file), { mode: 0o700 });
    await chmod(dirname(file), 0o700);
    await writeFile(file, privateKey.export({ type: "pkcs8", format: "pem" }), { flag: "wx", mode: 0o600 });
  } catch (error) {
    throw new CliError(
      "KEYS_UNWRITABLE",
      EXIT.refused,
      `the private runner key cannot be written below ${keys} (${errorCode(error)})`,
      {
        remedy:
          "Set STAGE6_KEYS_DIR to a folder that you can write to; it must lie outside the harness root.",
        cause: error,
      },
    );
  }
  return publicKey;
}

/** Removes the key of a harness that did not come into being; what cannot be removed was not made. */
export async function dropRunnerKey(keys: string, harnessId: string): Promise<void> {
  await rm(dirname(runnerKeyFile(keys, harnessId)), { recursive: true, force: true }).catch(() => undefined);
}

/** Reads the private runner key; it must be one that the harness root trusts. */
export async function readRunnerKey(
  keys: string,
  harnessId: string,
  trusted: TrustedKeys,
): Promise<KeyObject> {
  const file = runnerKeyFile(keys, harnessId);
  const key = await openKey(file);
  if (trusted.has(keyId(key))) return key;
  throw new CliError(
    "KEY_UNTRUSTED",
    EXIT.refused,
    `the runner key ${file} is not a runner key of this harness root's trust/keys.json`,
    {
      remedy: "Put back the key that was made together with this root, or make a new root with stage6 init.",
    },
  );
}

async function openKey(file: string): Promise<KeyObject> {
  let cause: unknown;
  try {
    const pem = await readSmallFile(file, MAX_KEY_BYTES);
    if (pem !== null) return readEd25519Key(pem.toString("utf8"), "private");
  } catch (error) {
    cause = error;
  }
  const why = errorCode(cause) === "ENOENT" ? "does not exist" : "cannot be read as an Ed25519 private key";
  throw new CliError(
    "KEY_MISSING",
    EXIT.refused,
    `the runner key ${file} ${why}; without it no new evidence can be signed`,
    {
      remedy:
        "Put back the key that stage6 init made (STAGE6_KEYS_DIR says where keys are), or make a new root with stage6 init.",
      cause,
    },
  );
}
