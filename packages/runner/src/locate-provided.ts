import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { readHashed } from "@stage6/evidence-interface/fs";
import type { BlockReason } from "@stage6/evidence-interface";
import { shellQuote, type BackendSource } from "@stage6/lane-contract";
import { isFile } from "./is-file.ts";
import type { Located } from "./locate-backend.ts";
import { digestOf, filesBelow } from "./program-files.ts";

type Provided = Extract<BackendSource, { kind: "provided" }>;
type Env = Readonly<Record<string, string | undefined>>;
type From = "config" | "environment";

const blocked = (code: BlockReason, detail: string, remedy: string): Located => ({
  ok: false,
  code,
  detail,
  remedy,
});

/** Value of a variable; null when it is not set or empty. */
function valueOf(env: Env, name: string): string | null {
  const value = env[name];
  return value === undefined || value === "" ? null : value;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}

/**
 * Finds a backend that only the operator can provide: the path of the configuration (a folder is a checkout, everything
 * else a binary), then the variable of the binary, then that of the checkout. Each missing thing has a code of its own.
 */
export async function locateProvided(
  lane: string,
  source: Provided,
  env: Env,
  configured: string | null,
): Promise<Located> {
  const { binary, checkout } = source.variables;
  if (configured !== null) {
    if (await isFolder(configured)) return locateCheckout(lane, source, env, configured, "config");
    return locateBinary(lane, configured, `backends.${lane} of harness.json`, "config");
  }
  const named = valueOf(env, binary);
  if (named !== null) return locateBinary(lane, named, binary, "environment");
  const folder = valueOf(env, checkout);
  if (folder !== null) return locateCheckout(lane, source, env, folder, "environment");
  return blocked(
    "SOURCE_MISSING",
    `no ${lane} source was provided: neither ${binary} nor ${checkout} is set, and backends.${lane} of harness.json is null`,
    wholeWay(lane, source, env),
  );
}

/** One command that gets checkout, runtime and dependencies into the current folder and names them; it works when it is pasted. */
function wholeWay(lane: string, { checkout, variables }: Provided, env: Env): string {
  const runtime = valueOf(env, variables.runtime) === null ? obtainRuntime(checkout, variables.runtime) : [];
  return [
    checkout.obtain,
    `export ${variables.checkout}="$PWD/${lane}"`,
    ...runtime,
    `(cd "$${variables.checkout}" && "$${variables.runtime}" ${checkout.install})`,
  ].join(" && ");
}

function obtainRuntime(checkout: Provided["checkout"], variable: string): string[] {
  const how = checkout.obtainRuntime(process.platform, process.arch);
  return how === null
    ? [`export ${variable}=/path/to/${checkout.runtime}`]
    : [how.command, `export ${variable}="$PWD/${how.program}"`];
}

async function locateBinary(lane: string, path: string, named: string, from: From): Promise<Located> {
  if (!isAbsolute(path) || !(await isFile(path)))
    return blocked(
      "BINARY_MISSING",
      `${named} does not name a file by its absolute path`,
      `Set ${named} to the absolute path of the ${lane} binary.`,
    );
  try {
    const { sha256 } = await readHashed(path);
    return {
      ok: true,
      backend: { executable: path, args: [], sha256, installation: [path], source: from },
    };
  } catch {
    return unreadable(lane);
  }
}

async function locateCheckout(
  lane: string,
  source: Provided,
  env: Env,
  folder: string,
  from: From,
): Promise<Located> {
  const { checkout, variables } = source;
  const entry = join(folder, checkout.entry);
  if (!isAbsolute(folder) || !(await isFile(entry)))
    return blocked(
      "CHECKOUT_MISSING",
      `the ${lane} checkout is not an absolute path of a folder with ${checkout.entry} in it`,
      `Set ${from === "config" ? `backends.${lane} of harness.json` : variables.checkout} to the absolute path of a ${lane} checkout.`,
    );
  const runtime = valueOf(env, variables.runtime);
  if (runtime === null || !isAbsolute(runtime) || !(await isFile(runtime)))
    return blocked(
      "RUNTIME_MISSING",
      `a ${lane} checkout runs on ${checkout.runtime}, and ${variables.runtime} ${runtime === null ? "is not set" : "does not name a file by its absolute path"}`,
      obtainRuntime(checkout, variables.runtime).join(" && "),
    );
  if (!(await isFolder(join(folder, checkout.dependencies))))
    return blocked(
      "DEPENDENCIES_MISSING",
      `the ${lane} checkout has no ${checkout.dependencies}`,
      `(cd ${shellQuote(folder)} && ${shellQuote(runtime)} ${checkout.install})`,
    );
  try {
    const sha256 = await sourceDigest(folder, checkout.notSource, runtime);
    const installation = [folder, runtime];
    return { ok: true, backend: { executable: runtime, args: [entry], sha256, installation, source: from } };
  } catch {
    return unreadable(lane);
  }
}

function unreadable(lane: string): Located {
  return blocked(
    "BACKEND_UNREADABLE",
    `the ${lane} backend cannot be read`,
    "Check that all of it is readable by this user.",
  );
}

/** SHA-256 of a list that holds one line for each source file in path order, its digest and its path, and last that of the runtime. */
async function sourceDigest(folder: string, left: readonly string[], runtime: string): Promise<string> {
  const list = createHash("sha256");
  const isLeft = (path: string): boolean => left.includes(path.split(sep)[0] ?? "");
  for (const path of await filesBelow(folder, isLeft))
    list.update(`${await digestOf(path)} ${relative(folder, path)}\n`);
  list.update(`${await digestOf(runtime)} runtime\n`);
  return `sha256:${list.digest("hex")}`;
}
