import { execFileSync } from "node:child_process";

/** Runs git as its user would, with a fixed identity and no configuration of the machine; returns its output. */
export function git(cwd: string, ...args: string[]): string {
  const identity = [
    "-c",
    "user.name=t",
    "-c",
    "user.email=t@example.invalid",
    "-c",
    "init.defaultBranch=main",
  ];
  const env = { PATH: process.env["PATH"] ?? "", HOME: cwd, GIT_CONFIG_NOSYSTEM: "1", LC_ALL: "C" };
  return execFileSync("git", [...identity, ...args], { cwd, env, encoding: "utf8", timeout: 20_000 }).trim();
}
