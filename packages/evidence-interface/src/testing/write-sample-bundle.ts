import type { KeyObject } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BUNDLE_FILES } from "../bundle-files.ts";
import { sealBundle } from "../fs/write-bundle.ts";
import type { Report } from "../report.ts";
import { sampleTrial, writeSampleLog, type SampleTrial, type SampleTrialOptions } from "./sample-trial.ts";
import { testKeys } from "./test-keys.ts";

/** What a sample bundle may vary: the options of its trial, a change of the trial itself, the signer. */
export interface SampleBundleOptions extends SampleTrialOptions {
  readonly change?: (trial: SampleTrial) => SampleTrial;
  readonly key?: KeyObject;
}

/** Writes a whole valid sealed bundle into `folder` (which must not exist) and returns its report; signed by the test runner key. */
export async function writeSampleBundle(folder: string, options: SampleBundleOptions = {}): Promise<Report> {
  const trial = (options.change ?? ((same: SampleTrial) => same))(sampleTrial(options));
  await mkdir(dirname(folder), { recursive: true });
  const staging = await mkdtemp(join(dirname(folder), ".sample-"));
  try {
    await mkdir(join(staging, "artifacts"));
    await writeFile(join(staging, BUNDLE_FILES.events), writeSampleLog(trial.events, trial.startedAt));
    for (const [path, artifact] of trial.artifacts) {
      await mkdir(dirname(join(staging, path)), { recursive: true });
      await writeFile(join(staging, path), artifact.bytes);
    }
    const key = options.key ?? testKeys().runner.privateKey;
    return await sealBundle({
      staging,
      root: dirname(folder),
      target: folder,
      observation: trial.observation,
      roles: trial.artifacts,
      key,
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
