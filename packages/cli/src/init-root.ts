import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DEFAULT_POLICY } from "@stage6/comparator";
import { keyId, SCHEMA_VERSION, writeStrictBytes } from "@stage6/evidence-interface";
import { errorCode, rootLayout } from "@stage6/evidence-interface/fs";
import { knownMatrix } from "@stage6/failure-matrix";
import { defaultHarnessConfig, type TrustedKeyFile } from "@stage6/validator";
import { addBuiltInFixtures } from "./built-in-fixtures.ts";
import { CliError } from "./cli-error.ts";
import { EXIT } from "./exit-code.ts";
import { makeFolder } from "./make-folder.ts";
import { writeMatrix } from "./matrix/write-matrix.ts";
import { looksLikeRoot, openRoot } from "./open-root.ts";
import { createRunnerKey, dropRunnerKey, runnerKeyFile } from "./runner-key.ts";

/** What `init` did. */
export interface InitResult {
  readonly state: "created" | "already-there";
  readonly harnessId: string;
  /** Private runner key, outside the root. */
  readonly keyFile: string;
}

/** Makes a harness root, whole or not at all; an existing sound one is left as it is. Throws ROOT_TAKEN for a folder that holds something else. */
export async function initRoot(root: string, shown: string, keys: string): Promise<InitResult> {
  if (await looksLikeRoot(root)) return existing(root, shown, keys);
  await assertFree(root, shown);
  await makeFolder(dirname(root), 0o777);
  const harnessId = `harness-${randomBytes(8).toString("hex")}`;
  const staging = await mkdtemp(join(dirname(root), `.${basename(root)}-making-`));
  try {
    await scaffold(staging, harnessId, keys);
    await chmod(staging, 0o755);
    await rename(staging, root);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    await dropRunnerKey(keys, harnessId);
    const taken = ["ENOTEMPTY", "EEXIST"].includes(errorCode(error));
    if (taken && (await looksLikeRoot(root))) return existing(root, shown, keys);
    throw error;
  }
  return { state: "created", harnessId, keyFile: runnerKeyFile(keys, harnessId) };
}

async function existing(root: string, shown: string, keys: string): Promise<InitResult> {
  const { config } = await openRoot(root, shown);
  return { state: "already-there", harnessId: config.id, keyFile: runnerKeyFile(keys, config.id) };
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

async function scaffold(root: string, harnessId: string, keys: string): Promise<void> {
  const layout = rootLayout(root);
  const publicKey = await createRunnerKey(keys, harnessId);
  const trust: TrustedKeyFile = {
    schemaVersion: SCHEMA_VERSION,
    keys: [
      {
        keyId: keyId(publicKey),
        role: "runner",
        publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
      },
    ],
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
  await writeMatrix(root, knownMatrix());
  await addBuiltInFixtures(layout.fixtures);
  await writeFile(layout.policy, writeStrictBytes(DEFAULT_POLICY));
  await writeFile(layout.trustedKeys, writeStrictBytes(trust));
  await writeFile(layout.harness, writeStrictBytes(defaultHarnessConfig(harnessId)));
}
