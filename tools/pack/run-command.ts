import { spawnSync } from "node:child_process";

/** Runs a command to its end and returns its standard output; throws with everything it printed when it does not exit 0. */
export function runCommand(
  command: string,
  args: readonly string[],
  cwd: string,
  deadlineMs: number,
  env: NodeJS.ProcessEnv = process.env,
): string {
  const done = spawnSync(command, args, {
    cwd,
    env,
    encoding: "utf8",
    timeout: deadlineMs,
    killSignal: "SIGKILL",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (done.status === 0) return done.stdout;
  const how = done.error?.message ?? done.signal ?? `exit ${done.status}`;
  throw new Error(`${command} ${args.join(" ")}: ${how}\n${done.stdout ?? ""}${done.stderr ?? ""}`);
}
