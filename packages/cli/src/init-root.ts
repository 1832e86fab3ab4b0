import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DEFAULT_POLICY } from "@stage6/comparator";
import { keyId, SCHEMA_VERSION, writeStrictBytes, type Timestamp } from "@stage6/evidence-interface";
import { errorCode, rootLayout } from "@stage6/evidence-interface/fs";
import type { TrustedKeyFile } from "@stage6/eligibility";
import { defaultHarnessConfig } from "@stage6/validator";
import { addBuiltInFixtures } from "./built-in-fixtures.ts";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";
import { writeGateScaffold } from "./gate-scaffold.ts";
import { makeFolder } from "./make-folder.ts";
import { looksLikeRoot, openRoot } from "./open-root.ts";
import { writeRootCommands } from "./root-commands.ts";
import { createRoleKeys, dropRoleKeys, roleKeyFile } from "./role-keys.ts";

/** What `init` did. */
export interface InitResult {
  readonly state: "created" | "already-there";
  readonly harnessId: string;
  /** Programs of the root that were missing or changed, and were put back. */
  readonly putBack: readonly string[];
  /** Private runner key, outside the root. */
  readonly keyFile: string;
  /** Folder of the private keys of all roles, outside the root. */
  readonly keyFolder: string;
}

/** Makes a harness root, whole or not at all; of an existing sound one only its programs are put back as they were made. Throws ROOT_TAKEN for a folder that holds something else. */
export async function initRoot(
  root: string,
  shown: string,
  keys: string,
  now: Timestamp,
): Promise<InitResult> {
  if (await looksLikeRoot(root)) return existing(root, shown, keys, now);
  await assertFree(root, shown);
  await makeFolder(dirname(root), 0o777);
  const harnessId = `harness-${randomBytes(8).toString("hex")}`;
  const staging = await mkdtemp(join(dirname(root), `.${basename(root)}-making-`));
  try {
    await scaffold(staging, harnessId, keys, now);
    await chmod(staging, 0o755);
    await rename(staging, root);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    await dropRoleKeys(keys, harnessId);
    const taken = ["ENOTEMPTY", "EEXIST"].includes(errorCode(error));
    if (taken && (await looksLikeRoot(root))) return existing(root, shown, keys, now);
    throw error;
  }
  return { state: "created", harnessId, putBack: [], ...keyPlaces(keys, harnessId) };
}

async function existing(root: string, shown: string, keys: string, now: Timestamp): Promise<InitResult> {
  const putBack = await writeRootCommands(root);
  const { config } = await openRoot(root, shown, now);
  return { state: "already-there", harnessId: config.id, putBack, ...keyPlaces(keys, config.id) };
}

function keyPlaces(keys: string, harnessId: string): Pick<InitResult, "keyFile" | "keyFolder"> {
  const keyFile = roleKeyFile(keys, harnessId, "runner");
  return { keyFile, keyFolder: dirname(keyFile) };
}

async function assertFree(root: string, shown: string): Promise<void> {
  let content: string[];
  try {
    content = await readdir(root);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    content = [""];
  }
  if (content.length === 0) return;
  throw new CliError("ROOT_TAKEN", EXIT.refused, `${shown} exists and is not a harness root`, {
    remedy: "Name an empty or new folder with --harness-root; nothing was changed.",
  });
}

/** How long the keys of a new root are valid. */
const KEY_DAYS = 365;

async function scaffold(root: string, harnessId: string, keys: string, now: Timestamp): Promise<void> {
  const layout = rootLayout(root);
  const made = await createRoleKeys(keys, harnessId);
  const validUntil = new Date(Date.parse(now) + KEY_DAYS * 86_400_000).toISOString();
  const trust: TrustedKeyFile = {
    schemaVersion: SCHEMA_VERSION,
    keys: [...made].map(([role, publicKey]) => ({
      keyId: keyId(publicKey),
      role,
      publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
      validFrom: now,
      validUntil,
    })),
  };
  for (const folder of [
    layout.fixtures,
    layout.plans,
    layout.attempts,
    layout.runs,
    layout.comparisons,
    dirname(layout.policy),
    dirname(layout.trustedKeys),
  ])
    await mkdir(folder);
  await writeRootCommands(root);
  await writeGateScaffold(root, harnessId, now);
  await addBuiltInFixtures(layout.fixtures);
  await writeFile(layout.policy, writeStrictBytes(DEFAULT_POLICY));
  await writeFile(layout.trustedKeys, writeStrictBytes(trust));
  await writeFile(layout.harness, writeStrictBytes(defaultHarnessConfig(harnessId)));
}
