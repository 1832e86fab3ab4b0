import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { readEd25519Key } from "@stage6/evidence-interface";
import { errorCode, readSmallFile } from "@stage6/evidence-interface/fs";
import { CliError } from "../cli-error.ts";
import { EXIT } from "../exit-code.ts";

const MAX_KEY_BYTES = 65_536;

function unreadable(shown: string, kind: string, cause: unknown): CliError {
  return new CliError("KEY_MISSING", EXIT.refused, `${shown} is no Ed25519 ${kind} key that can be read`, {
    remedy: "Name another file; a private one that does not exist is made.",
    cause,
  });
}

/** The author's private key; made (PKCS#8 PEM, mode 0600, its public half beside it as `<file>.pub`) where there is none. */
export async function openAuthorKey(
  file: string,
  shown: string,
): Promise<{ readonly key: KeyObject; readonly made: boolean }> {
  try {
    const pem = await readSmallFile(file, MAX_KEY_BYTES);
    return { key: readEd25519Key(pem?.toString("utf8") ?? "", "private"), made: false };
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw unreadable(shown, "private", error);
  }
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  await writeFile(file, privateKey.export({ type: "pkcs8", format: "pem" }), { flag: "wx", mode: 0o600 });
  await writeFile(`${file}.pub`, publicKey.export({ type: "spki", format: "pem" }));
  return { key: privateKey, made: true };
}

/** The public key that a result has to be signed with. */
export async function readAuthorKey(file: string, shown: string): Promise<KeyObject> {
  try {
    const pem = await readSmallFile(file, MAX_KEY_BYTES);
    return readEd25519Key(pem?.toString("utf8") ?? "", "public");
  } catch (error) {
    throw unreadable(shown, "public", error);
  }
}
