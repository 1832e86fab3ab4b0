import { userInfo } from "node:os";
import { isAbsolute, join } from "node:path";
import { CliError } from "./cli-error.ts";
import type { CliIo } from "./cli-io.ts";
import { EXIT } from "./exit-code.ts";

function absolute(value: string | undefined): string | null {
  return value !== undefined && isAbsolute(value) ? value : null;
}

function homeOf(env: CliIo["env"], variable: string): string {
  const home = absolute(env["HOME"]) ?? absolute(passwordHome());
  if (home !== null) return home;
  throw new CliError("USAGE", EXIT.usage, "HOME is not set and this user has no home folder", {
    remedy: `Set ${variable} to an absolute path of a folder that you can write to.`,
  });
}

function passwordHome(): string | undefined {
  try {
    return userInfo().homedir;
  } catch {
    return undefined;
  }
}

function own(env: CliIo["env"], variable: string): string | null {
  const value = env[variable];
  if (value === undefined || value === "") return null;
  if (isAbsolute(value)) return value;
  throw new CliError("USAGE", EXIT.usage, `${variable} must be an absolute path`, {
    remedy: `Set ${variable} to an absolute path, or unset it.`,
  });
}

/** Folder of private keys: STAGE6_KEYS_DIR, else below XDG_CONFIG_HOME or ~/.config (XDG Base Directory: relative values are ignored). */
export function keysFolder(env: CliIo["env"]): string {
  const set = own(env, "STAGE6_KEYS_DIR");
  if (set !== null) return set;
  return join(
    absolute(env["XDG_CONFIG_HOME"]) ?? join(homeOf(env, "STAGE6_KEYS_DIR"), ".config"),
    "stage6",
    "keys",
  );
}

/** Folder of the cache of verified bundles: STAGE6_VERIFIED_DIR, else below XDG_CACHE_HOME or ~/.cache. */
export function verifiedFolder(env: CliIo["env"]): string {
  const set = own(env, "STAGE6_VERIFIED_DIR");
  if (set !== null) return set;
  return join(
    absolute(env["XDG_CACHE_HOME"]) ?? join(homeOf(env, "STAGE6_VERIFIED_DIR"), ".cache"),
    "stage6",
    "verified",
  );
}

/** Folder of installed backends: STAGE6_BACKENDS_DIR, else below XDG_CACHE_HOME or ~/.cache. */
export function backendsFolder(env: CliIo["env"]): string {
  const set = own(env, "STAGE6_BACKENDS_DIR");
  if (set !== null) return set;
  return join(
    absolute(env["XDG_CACHE_HOME"]) ?? join(homeOf(env, "STAGE6_BACKENDS_DIR"), ".cache"),
    "stage6",
    "backends",
  );
}
