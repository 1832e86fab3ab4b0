import { randomInt } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { BoundsError } from "../bounds-error.ts";
import { runTool } from "../tools/run-tool.ts";
import type { NumericUser } from "./launch/launch-program.ts";

/** Numbers that distributions leave to users who exist only while something runs (systemd's DynamicUser=). */
const FIRST = 61_184;
const LAST = 65_519;
const ATTEMPTS = 64;
const CHOWN_MS = 300_000;

/**
 * A user of this moment for the processes of a harness that is root: no account has its number, and no process runs
 * under it. Null for a harness that is not root, whose user namespaces rename it. Throws {@link BoundsError}
 * `STRICT_NOT_STARTED` when no number is free.
 */
export async function dedicatedUser(): Promise<NumericUser | null> {
  if (process.getuid?.() !== 0) return null;
  const taken = new Set([...(await accounts()), ...(await running())]);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const id = randomInt(FIRST, LAST + 1);
    if (!taken.has(id)) return { uid: id, gid: id };
  }
  throw new BoundsError("STRICT_NOT_STARTED", `no user number from ${FIRST} to ${LAST} is free`);
}

async function accounts(): Promise<number[]> {
  const lines = (await readFile("/etc/passwd", "utf8").catch(() => "")).split("\n");
  return lines.map((line) => Number(line.split(":")[2]));
}

async function running(): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^[0-9]+$/u.test(name));
  const owners = pids.map((pid) =>
    stat(`/proc/${pid}`).then(
      ({ uid }) => uid,
      () => 0,
    ),
  );
  return Promise.all(owners);
}

/**
 * Gives folders and all that lies in them to a user, links themselves and not what they point to; nothing to do for a
 * null user. Only for folders in which no other process works yet. Throws {@link BoundsError} `STRICT_NOT_STARTED`.
 */
export async function giveTo(user: NumericUser | null, paths: readonly string[]): Promise<void> {
  if (user === null || paths.length === 0) return;
  const owner = `${user.uid}:${user.gid}`;
  const { exitCode, stderr } = await runTool(["chown", "-hR", owner, "--", ...paths], {
    cwd: "/",
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    timeoutMs: CHOWN_MS,
    maxBytes: 65_536,
  });
  if (exitCode !== 0)
    throw new BoundsError(
      "STRICT_NOT_STARTED",
      `cannot give the trial's folders to its user: ${stderr.toString().slice(0, 300)}`,
    );
}
