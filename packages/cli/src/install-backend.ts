import { mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode } from "@stage6/evidence-interface/fs";
import { pinFolder, type BackendPin } from "./backend-pin.ts";
import { CliError } from "./cli-error.ts";
import type { CliIo } from "./cli-io.ts";
import { EXIT } from "./exit-code.ts";
import { findNpm } from "./find-npm.ts";
import { makeFolder } from "./make-folder.ts";
import { npmCi, type NpmEnd } from "./npm-ci.ts";

const DEADLINE_MS = 10 * 60_000;
const TICK_MS = 5000;
const NO_NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|network/;

/** What an installation needs beside the pin. */
export interface InstallOptions {
  readonly env: CliIo["env"];
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
  readonly deadlineMs?: number;
}

/** Whether a pinned backend is there; a folder of it is always whole. */
export async function isInstalled(backends: string, pin: BackendPin): Promise<boolean> {
  return stat(pinFolder(backends, pin)).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function fail(pin: BackendPin, message: string, remedy: string, cause?: unknown): CliError {
  return new CliError(
    "BACKENDS_INSTALL_FAILED",
    EXIT.refused,
    `the ${pin.name} backend could not be installed: ${message}`,
    { remedy, cause },
  );
}

/**
 * Installs a pinned backend with `npm ci` into a private sibling folder and renames it into place, so that it is whole
 * or absent; of two installations at once the first rename wins. Throws BACKENDS_INSTALL_FAILED with a remedy.
 */
export async function installBackend(
  backends: string,
  pin: BackendPin,
  options: InstallOptions,
): Promise<"installed" | "already-installed"> {
  if (await isInstalled(backends, pin)) return "already-installed";
  const npm = findNpm(options.env);
  if (npm === null) throw fail(pin, "npm was not found", "Install npm, or put it on PATH.");
  const staging = await makeStaging(backends, pin);
  try {
    const folder = join(staging, pin.name);
    await mkdir(folder);
    await writeFile(join(folder, "package.json"), pin.manifest);
    await writeFile(join(folder, "package-lock.json"), pin.lock);
    assertDone(
      pin,
      await withProgress(
        pin,
        options.log,
        npmCi(npm, folder, { ...options, deadlineMs: options.deadlineMs ?? DEADLINE_MS }),
      ),
      options.signal,
    );
    await publish(folder, pinFolder(backends, pin));
    return "installed";
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function makeStaging(backends: string, pin: BackendPin): Promise<string> {
  try {
    await makeFolder(backends, 0o777);
    return await mkdtemp(join(backends, ".installing-"));
  } catch (error) {
    throw fail(
      pin,
      `its folder cannot be written (${errorCode(error)})`,
      `Make ${backends} writable, or set STAGE6_BACKENDS_DIR to a folder that you can write to.`,
      error,
    );
  }
}

async function withProgress<T>(pin: BackendPin, log: (line: string) => void, work: Promise<T>): Promise<T> {
  const start = Date.now();
  const seconds = (): number => Math.round((Date.now() - start) / 1000);
  log(
    `Installing the ${pin.name} backend with npm (pinned versions, integrity-locked, no install scripts) ...`,
  );
  const ticking = setInterval(() => log(`Installing the ${pin.name} backend ... ${seconds()} s`), TICK_MS);
  try {
    return await work;
  } finally {
    clearInterval(ticking);
    log(`npm ended after ${seconds()} s.`);
  }
}

function assertDone(pin: BackendPin, end: NpmEnd, signal: AbortSignal): void {
  if (end.exitCode === 0) return;
  const again = `Run "stage6 backends install ${pin.name}" again.`;
  if (signal.aborted)
    throw new CliError(
      "INTERRUPTED",
      EXIT.interrupted,
      `installing the ${pin.name} backend was interrupted; nothing of it is kept`,
      { remedy: again },
    );
  if (end.timedOut) throw fail(pin, "npm did not end in time", again);
  const words = end.output.trim().split("\n").slice(-6).join("\n");
  const cause = new Error(words);
  if (NO_NETWORK.test(end.output))
    throw fail(
      pin,
      "npm could not reach the package registry",
      `Check the network and npm's registry setting, then run "stage6 backends install ${pin.name}" again.`,
      cause,
    );
  throw fail(
    pin,
    `npm ended with ${end.exitCode === null ? "a signal" : `exit code ${end.exitCode}`}`,
    `Read npm's words above, then run "stage6 backends install ${pin.name}" again.`,
    cause,
  );
}

async function publish(folder: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  try {
    await rename(folder, target);
  } catch (error) {
    const code = errorCode(error);
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
  }
}
