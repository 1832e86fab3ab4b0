import { execFileSync, spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkDocument } from "@stage6/evidence-interface";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Sandbox } from "../testing/run-stage6.ts";
import { VerbResults } from "./verb-calls.ts";

const RUN = fileURLToPath(new URL("../../../../tools/run-source.mjs", import.meta.url));
const CALLS = fileURLToPath(new URL("call-verbs.ts", import.meta.url));
const DEADLINE_MS = 240_000;

/** Whether a file system of one's own can be mounted here: a namespace of mounts, with one of users for who is not root. */
function canMount(): boolean {
  try {
    execFileSync("unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"], {
      stdio: "ignore",
      timeout: 20_000,
    });
    return true;
  } catch {
    return false;
  }
}
const mountable = canMount();
if (!mountable)
  process.stderr.write("full-disk.test.ts: no namespace of mounts can be had here (unshare -rm)\n");

let sandbox: Sandbox;
const at = (...parts: string[]): string => join(sandbox.path, ...parts);
beforeAll(async () => {
  sandbox = await Sandbox.make();
  for (const name of ["jp", "kim"])
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", name], {
      cwd: sandbox.path,
    });
  const call = (...words: string[]) => sandbox.call(["--harness-root", "whole", ...words]);
  for (const words of [
    ["init"],
    ["operator", "add", "jp", "--key", "jp.pub"],
    ["plan", "--candidate", "fake", "--lanes", "fake", "--bounds", "default"],
  ]) {
    const { code, err } = await call(...words);
    if (code !== 0) throw new Error(err);
  }
  await mkdir(at("disk"));
}, 240_000);
afterAll(async () => sandbox.remove());

/** What each call leaves on a small disk of its own that holds the root, after `prepare`; each in one process, in order. */
async function onDisk(prepare: string, calls: readonly (readonly string[])[]): Promise<VerbResults> {
  await writeFile(at("calls.json"), JSON.stringify({ root: at("disk/harness"), calls }));
  const script = `set -e; mount -t tmpfs -o size=8m none disk; cp -a whole disk/harness; ${prepare}; exec "$@"`;
  const child = spawn(
    "unshare",
    ["-rm", "sh", "-c", script, "sh", process.execPath, RUN, CALLS, at("calls.json"), at("results.json")],
    { cwd: sandbox.path, env: sandbox.env, stdio: "inherit", timeout: DEADLINE_MS, killSignal: "SIGKILL" },
  );
  expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
  const results: unknown = JSON.parse(await readFile(at("results.json"), "utf8"));
  const { value } = checkDocument(VerbResults, results, "results");
  if (value === null) throw new TypeError("no results");
  return value;
}

const FILL = "dd if=/dev/zero of=disk/fill bs=1k 2>/dev/null || true";
const READ_ONLY = "mount -o remount,ro disk";
const ROOT = ["--harness-root", "disk/harness"];
const WRITERS: readonly (readonly string[])[] = [
  ["revoke", "proof", `sha256:${"a".repeat(64)}`, "--reason", "full"],
  ["operator", "add", "kim", "--key", "kim.pub", "--founder", "jp"],
  ["operator", "confirm", "--founder", "jp"],
  ["sign-policy", "--operator", "jp", "--key", "jp"],
  ["plan", "--candidate", "fake", "--lanes", "fake", "--trials", "9", "--bounds", "default"],
  [
    "fixtures",
    "add",
    "--from",
    "repo",
    "--base",
    "main",
    "--task",
    "task.md",
    "--allow",
    "a",
    "--id",
    "zz",
    "--oracle",
    "true",
  ],
  ["run"],
  ["init", "--harness-root", "disk/second"],
];

describe.skipIf(!mountable)("a disk that takes nothing more", () => {
  it.each([
    ["full", FILL, "ENOSPC"],
    ["read-only", READ_ONLY, "EROFS"],
  ])(
    "R45: that is %s is named as that, with its place, by every verb that writes, and nothing of the root changes",
    async (_name, prepare, code) => {
      await writeFile(at("task.md"), "Change it.\n");
      await mkdir(at("repo"), { recursive: true });
      await writeFile(at("repo/a"), "a\n");
      const git = (...words: string[]): unknown =>
        execFileSync("git", [
          "-C",
          at("repo"),
          "-c",
          "user.name=a",
          "-c",
          "user.email=a@example.invalid",
          ...words,
        ]);
      git("init", "-q", "-b", "main");
      git("add", ".");
      git("commit", "-q", "--allow-empty", "-m", "one");
      const results = await onDisk(
        prepare,
        WRITERS.map((words) => [...ROOT, ...words]),
      );
      const seen = results.map(({ code: exit, err, changed }, at_) => ({
        verb: WRITERS[at_]?.slice(0, 2).join(" "),
        exit,
        named: err.includes(code) && err.includes("disk/"),
        // A run makes the empty folders of its attempts before it finds out.
        changed: changed && WRITERS[at_]?.[0] !== "run",
      }));
      expect(seen).toEqual(seen.map(({ verb }) => ({ verb, exit: 1, named: true, changed: false })));
    },
    DEADLINE_MS + 30_000,
  );

  it(
    "R45: that fills up during a run ends it as that, and leaves a root that is sound",
    async () => {
      const left = "dd if=/dev/zero of=disk/fill bs=1k count=7760 2>/dev/null";
      const free = ["--harness-root", "disk/harness", "run", "--concurrency", "1"];
      const [full, judged] = await onDisk(left, [free, [...ROOT, "validate"]]);
      expect(full).toMatchObject({ code: 1, err: expect.stringContaining("ENOSPC") });
      // What is missing is refused; what is there is sound.
      expect(judged?.code).toBe(1);
    },
    DEADLINE_MS + 30_000,
  );
});
