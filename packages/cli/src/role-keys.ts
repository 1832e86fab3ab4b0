import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { KeyRole } from "@stage6/eligibility";
import { keyId, readEd25519Key, type TrustedKeys } from "@stage6/evidence-interface";
import { errorCode, readSmallFile } from "@stage6/evidence-interface/fs";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";
import { makeFolder } from "./make-folder.ts";

/** Roles whose keys `init` makes; the operator's key is the operator's own SSH key and never made here. */
export const MACHINE_ROLES = [
  "runner",
  "comparator",
  "stage5-validator",
  "admission-reviewer",
] as const satisfies readonly KeyRole[];
/** A role whose key `init` makes. */
export type MachineRole = (typeof MACHINE_ROLES)[number];

const MAX_KEY_BYTES = 65_536;

/** Where the private key of a role lies, outside the harness root. */
export function roleKeyFile(keys: string, harnessId: string, role: MachineRole): string {
  return join(keys, harnessId, `${role}.pem`);
}

/** Makes the keys of a new harness: PKCS#8 PEM, mode 0600, in a folder of mode 0700. Returns the public halves. */
export async function createRoleKeys(
  keys: string,
  harnessId: string,
): Promise<ReadonlyMap<MachineRole, KeyObject>> {
  const made = new Map<MachineRole, KeyObject>();
  const folder = dirname(roleKeyFile(keys, harnessId, "runner"));
  try {
    await makeFolder(keys, 0o700);
    await mkdir(folder, { mode: 0o700 });
    await chmod(folder, 0o700);
    for (const role of MACHINE_ROLES) {
      const { privateKey, publicKey } = generateKeyPairSync("ed25519");
      const pem = privateKey.export({ type: "pkcs8", format: "pem" });
      await writeFile(roleKeyFile(keys, harnessId, role), pem, { flag: "wx", mode: 0o600 });
      made.set(role, publicKey);
    }
  } catch (error) {
    throw new CliError(
      "KEYS_UNWRITABLE",
      EXIT.refused,
      `the private keys cannot be written below ${keys} (${errorCode(error)})`,
      {
        remedy:
          "Set STAGE6_KEYS_DIR to a folder that you can write to; it must lie outside the harness root.",
        cause: error,
      },
    );
  }
  return made;
}

/** Removes the keys of a harness that did not come into being; what cannot be removed was not made. */
export async function dropRoleKeys(keys: string, harnessId: string): Promise<void> {
  const folder = dirname(roleKeyFile(keys, harnessId, "runner"));
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

/** Reads the private key of a role; it must be one that the harness root trusts in this role. */
export async function readRoleKey(
  role: MachineRole,
  keys: string,
  harnessId: string,
  trusted: TrustedKeys,
): Promise<KeyObject> {
  const file = roleKeyFile(keys, harnessId, role);
  const key = await openKey(file, role);
  if (trusted.has(keyId(key))) return key;
  throw new CliError(
    "KEY_UNTRUSTED",
    EXIT.refused,
    `the ${role} key ${file} is no ${role} key of this harness root's trust/keys.json`,
    {
      remedy: "Put back the key that was made together with this root, or make a new root with stage6 init.",
    },
  );
}

async function openKey(file: string, role: MachineRole): Promise<KeyObject> {
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
    `the ${role} key ${file} ${why}; without it nothing new can be signed in this role`,
    {
      remedy:
        "Put back the key that stage6 init made (STAGE6_KEYS_DIR says where keys are), or make a new root with stage6 init.",
      cause,
    },
  );
}
