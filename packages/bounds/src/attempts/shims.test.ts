import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { openStrictPlace } from "../strict/testing/strict-profile.ts";
import { runBoundedTool } from "../strict/run-bounded-tool.ts";
import { prepareShims } from "./prepare-shims.ts";
import { ShimWitness, type WitnessedCalls } from "./shim-witness.ts";

/** Shims and their witness in a folder with a quote and a space in its name. */
async function place() {
  const dir = mkdtempSync(join(tmpdir(), "it's a shim-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const [bin, real] = [join(dir, "bin"), join(dir, "real")];
  const pipe = join(bin, "calls");
  await prepareShims(bin, pipe);
  mkdirSync(real);
  for (const tool of ["git", "npm"])
    writeFileSync(join(real, tool), '#!/bin/sh\necho "real $# $1"\n', { mode: 0o755 });
  const witness = await ShimWitness.open(pipe);
  onTestFinished(() => witness.discard());
  const call = async (argv: readonly string[], path = `${bin}:${real}:${bin}/`) => {
    const child = spawn(join(bin, argv[0] ?? ""), argv.slice(1), { env: { PATH: path }, timeout: 60_000 });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    const [status]: unknown[] = await once(child, "close");
    return { status, stdout };
  };
  return { dir, bin, pipe, witness, call };
}

const calls = ({ entries }: WitnessedCalls): (readonly string[])[] =>
  entries.flatMap((entry) => (entry.kind === "call" ? [entry.argv] : []));
const unreadable = ({ entries }: WitnessedCalls): string[] =>
  entries.flatMap((entry) => (entry.kind === "unreadable" ? [entry.text] : []));
const CLEAN = { flooded: 0, lost: [] };

/** Runs shell text on the pipe `$P` as a process of its own, while the witness reads. */
async function attack(pipe: string, script: string): Promise<void> {
  const env = { PATH: "/usr/bin:/bin", P: pipe };
  const child = spawn("/bin/sh", ["-c", script], { env, stdio: "ignore", timeout: 60_000 });
  await once(child, "close");
}

test("shims tell each call and run the real tool behind them, or refuse", async () => {
  const { call, witness } = await place();
  expect(await call(["git", "rev-parse", "HEAD"])).toEqual({ status: 0, stdout: "real 2 rev-parse\n" });
  expect((await call(["git", "commit", "-m", "a 'b'\n\"c\" \\ é", ""])).status).toBe(0);
  expect(await call(["npm", "run", "publish"])).toEqual({ status: 0, stdout: "real 2 run\n" });
  expect(await call(["npm", "--quiet", "publish"])).toEqual({ status: 1, stdout: "" });
  expect(await call(["npm", "--access", "public", "publish"])).toEqual({ status: 1, stdout: "" });
  expect((await call(["gh", "pr", "create"])).status).toBe(1);
  const seen = await witness.close();
  expect(seen).toMatchObject(CLEAN);
  expect(unreadable(seen)).toEqual([]);
  expect(calls(seen)).toEqual([
    ["git", "rev-parse", "HEAD"],
    ["git", "commit", "-m", "a 'b'\n\"c\" \\\\ é", ""],
    ["npm", "run", "publish"],
    ["npm", "--quiet", "publish"],
    ["npm", "--access", "public", "publish"],
    ["gh", "pr", "create"],
  ]);
});

test("a tool that is nowhere behind the shims is not found, and nothing loops", async () => {
  const { call, bin } = await place();
  expect((await call(["npm", "ci"], `${bin}:${bin}/.`)).status).toBe(127);
});

test("a call with a megabyte of arguments, new lines in them, is reported whole", async () => {
  const { call, witness } = await place();
  const words = Array.from({ length: 10 }, (_, index) => `${index}\n${"x".repeat(100_000)}\n`);
  expect((await call(["git", "push", ...words])).status).toBe(0);
  const seen = await witness.close();
  expect(seen).toMatchObject(CLEAN);
  expect(calls(seen)).toEqual([["git", "push", ...words]]);
});

test("calls at the same time are each reported whole", async () => {
  const { call, witness } = await place();
  const wanted = Array.from({ length: 12 }, (_, index) => ["git", `n${index}`, `${index}`.repeat(6000)]);
  await Promise.all(wanted.map((argv) => call(argv)));
  const seen = await witness.close();
  expect(unreadable(seen)).toEqual([]);
  const lines = (argvs: readonly (readonly string[])[]): Set<string> =>
    new Set(argvs.map((argv) => argv.join(" ")));
  expect(calls(seen).length).toBe(wanted.length);
  expect(lines(calls(seen))).toEqual(lines(wanted));
});

test("R41: what was said cannot be taken back by emptying the pipe", async () => {
  const { call, pipe, witness } = await place();
  await call(["git", "push"]);
  await attack(
    pipe,
    ': > "$P"; truncate -s 0 "$P" 2>/dev/null; cp /dev/null "$P"; dd if=/dev/null of="$P" 2>/dev/null',
  );
  const seen = await witness.close();
  expect(calls(seen)).toEqual([["git", "push"]]);
  expect(seen).toMatchObject(CLEAN);
});

test.each<[string, (pipe: string) => void]>([
  ["removed", (pipe) => unlinkSync(pipe)],
  [
    "replaced by a file",
    (pipe) => {
      unlinkSync(pipe);
      writeFileSync(pipe, "");
    },
  ],
  [
    "replaced by a pipe of the same mode",
    (pipe) => {
      renameSync(pipe, `${pipe}.old`);
      execFileSync("mkfifo", ["-m", "222", pipe], { timeout: 20_000 });
    },
  ],
  ["opened to readers", (pipe) => chmodSync(pipe, 0o666)],
  ["moved away and a link left", (pipe) => renameSync(pipe, `${pipe}.old`)],
])("R41: a pipe that is %s shows, and what was said before stays", async (_what, harm) => {
  const { call, pipe, witness } = await place();
  await call(["git", "push"]);
  await sleep(50);
  harm(pipe);
  const seen = await witness.close();
  expect(calls(seen)).toEqual([["git", "push"]]);
  expect(seen.lost.length).toBeGreaterThan(0);
});

test("R41: a shim whose pipe cannot be written to starts nothing", async () => {
  const { bin, call, witness } = await place();
  unlinkSync(join(bin, "calls"));
  mkdirSync(join(bin, "calls"));
  expect(await call(["git", "push"])).toEqual({ status: 126, stdout: "" });
  expect((await witness.close()).lost.length).toBeGreaterThan(0);
});

test("R41: one who reads the pipe away takes beats of the harness with the calls, and that shows", async () => {
  const { call, pipe, witness } = await place();
  chmodSync(pipe, 0o666);
  const thief = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  const until = Date.now() + 20_000;
  let stolen = "";
  const buffer = Buffer.alloc(65_536);
  // Reads without ever giving way, so that the harness's own reader has no turn.
  const steal = (): void => {
    try {
      stolen += buffer.toString("latin1", 0, readSync(thief, buffer));
    } catch {
      // Nothing is in the pipe now.
    }
  };
  // The beat is written and stolen in one turn of the loop that reads for the harness.
  const stealing = setInterval(steal, 0);
  while (!stolen.includes("beat") && Date.now() < until) {
    const end = Date.now() + 300;
    await sleep(1);
    while (Date.now() < end && !stolen.includes("beat")) steal();
  }
  clearInterval(stealing);
  chmodSync(pipe, 0o222);
  closeSync(thief);
  await call(["git", "status"]);
  const seen = await witness.close();
  expect(stolen).toContain("beat");
  expect(seen.lost).toContain("something else read or wrote the pipe of the shims");
});

test.each<[string, string, RegExp]>([
  ["text", "echo nonsense >> $P", /^nonsense$/u],
  ["bytes outside of any text", "printf 'g\\377\\n' >> $P", /^g\\xff$/u],
  ["NUL bytes", "printf 'git 1 1/1 \\000\\n' >> $P", /^git 1 1\/1 \0$/u],
  ["a vector that no NUL ends", "echo 'git 7 1/1 Z2l0' >> $P", /^git 7: no argument vector$/u],
  ["a part that comes alone", "echo 'git 7 2/2 Z2l0AA==' >> $P", /^git 7: part 2 of 2 out of order$/u],
  ["a first part without the rest", "echo 'git 7 1/9 Z2l0AA==' >> $P", /^git 7: 1 of 9 parts$/u],
  ["a beat of another token", "echo 'beat 00000000-0000-4000-8000-000000000000 1' >> $P", /^beat 0/u],
  ["a line without an end", "head -c 100000 /dev/zero | tr '\\0' x >> $P", /^x{200}$/u],
])("R41: %s in the pipe is unreadable and hides no call", async (_what, script, shown) => {
  const { call, pipe, witness } = await place();
  await attack(pipe, script);
  await call(["git", "push"]);
  const seen = await witness.close();
  expect(calls(seen)).toEqual([["git", "push"]]);
  expect(unreadable(seen)).toEqual([expect.stringMatching(shown)]);
});

test("R41: a hundred thousand calls end the list and say how many are not in it, and an attempt among the last is", async () => {
  const { call, pipe, witness } = await place();
  await attack(pipe, "yes 'git 7 1/1 Z2l0AA==' | head -n 100000 >> \"$P\"");
  await call(["git", "push"]);
  const seen = await witness.close();
  expect(seen.entries.length).toBe(10_001);
  expect(seen.flooded).toBe(90_000);
  expect(calls(seen).at(-1)).toEqual(["git", "push"]);
});

test("R41: parts that are never ended do not fill the memory, and show", async () => {
  const { pipe, witness } = await place();
  const child = spawn(
    "/bin/sh",
    [
      "-c",
      'p=$(head -c 3000 /dev/zero | tr "\\0" A); for n in $(seq 1 7000); do echo "git $n 1/2 $p"; done >> "$P"',
    ],
    { env: { PATH: "/usr/bin:/bin", P: pipe }, timeout: 60_000 },
  );
  await once(child, "close");
  const seen = await witness.close();
  expect(unreadable(seen)[0]).toMatch(/^[0-9]+ calls with too much in parts/u);
});

test("R41: within strict bounds the pipe can be written to and neither read, emptied, removed, replaced nor opened to readers", async () => {
  const { bin, pipe, witness } = await place();
  const { profile, folder } = await openStrictPlace(onTestFinished);
  const script = [
    '"$B/gh" pr create 2>/dev/null',
    "done=",
    'try() { "$@" 2>/dev/null && done="$done $1"; }',
    'try unlink "$P"; try mv "$P" "$P.old"; try chmod 666 "$P"; try ln "$P" "$P.two"; try ln -sf /dev/null "$P"',
    'try timeout 2 cat "$P"; try touch "$P.new"; try truncate -s 0 "$P"; try cp /dev/null "$B/gh"',
    'exec 3>>"$P"; try timeout 2 cat /proc/self/fd/3',
    'echo "did:$done"',
  ].join("\n");
  const ran = await runBoundedTool(
    profile([bin, pipe].map((path) => ({ path, writable: false }))),
    ["/bin/sh", "-c", script],
    { cwd: "/", env: { PATH: "/usr/bin:/bin", B: bin, P: pipe }, timeoutMs: 60_000, maxBytes: 65_536 },
    folder,
  );
  expect(ran.stdout.toString()).toBe("did:\n");
  expect(statSync(pipe).isFIFO()).toBe(true);
  const seen = await witness.close();
  expect(seen).toMatchObject(CLEAN);
  expect(calls(seen)).toEqual([["gh", "pr", "create"]]);
});
