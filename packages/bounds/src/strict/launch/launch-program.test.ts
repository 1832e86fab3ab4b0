import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { LaunchChannel } from "./launch-channel.ts";
import { launchProgram, type LaunchSpec } from "./launch-program.ts";

const FREE: LaunchSpec = { user: null, limits: [], landlock: { abi: 0, rules: [] } };
const DEADLINE_MS = 20_000;

/** Runs a launcher as it is, without a sandbox around it. */
async function launch(spec: LaunchSpec, argv: readonly string[], onReady = () => Promise.resolve()) {
  const folder = mkdtempSync(join(tmpdir(), "launcher-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, "launch");
  writeFileSync(program, launchProgram("x64", spec), { mode: 0o755 });
  const child = spawn(program, argv, {
    cwd: folder,
    env: { PATH: "/usr/bin:/bin" },
    stdio: ["ignore", "pipe", "pipe", "ignore", "ignore", "pipe"],
    timeout: DEADLINE_MS,
    killSignal: "SIGKILL",
  });
  const channel = new LaunchChannel(onReady);
  const socket = [...child.stdio].at(5);
  if (!(socket instanceof Duplex)) throw new TypeError("no socket");
  channel.attach(socket);
  let said = "";
  child.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { channel, exitCode, said, folder };
}

test.runIf(process.arch === "x64")(
  "the command starts once the harness has answered, and its end is reported",
  async () => {
    const order: string[] = [];
    const { channel, said } = await launch(FREE, ["/bin/sh", "-c", "echo ran; exit 3"], async () => {
      order.push("ready");
    });
    expect([order, said]).toEqual([["ready"], "ran\n"]);
    expect([channel.started, channel.failure, channel.notExecuted]).toEqual([true, null, null]);
    expect(channel.ended).toEqual({ exitCode: 3, signal: null });
  },
);

test.runIf(process.arch === "x64")(
  "a signal is distinguished from an exit code of the same number",
  async () => {
    const ended = async (script: string) => (await launch(FREE, ["/bin/sh", "-c", script])).channel.ended;
    expect(await ended("kill -KILL $$")).toEqual({ exitCode: null, signal: "SIGKILL" });
    expect(await ended("exit 137")).toEqual({ exitCode: 137, signal: null });
  },
);

test.runIf(process.arch === "x64")(
  "a command that is not there is not executed, by the kernel's own code",
  async () => {
    const { channel } = await launch(FREE, ["/nonexistent/agent"]);
    expect([channel.notExecuted, channel.started]).toEqual(["ENOENT", true]);
  },
);

test.runIf(process.arch === "x64")(
  "a harness that refuses, or is gone, leaves a launcher that never becomes the command",
  async () => {
    const { channel, said } = await launch(FREE, ["/bin/sh", "-c", "echo ran"], () =>
      Promise.reject(new Error("no door")),
    );
    expect([said, channel.started, channel.failure]).toEqual(["", false, "no door"]);
  },
);

test.runIf(process.arch === "x64")(
  "a step that the kernel refuses ends the launcher before the command",
  async () => {
    const { channel, said } = await launch({ ...FREE, limits: [{ resource: 99, value: 1 }] }, [
      "/bin/sh",
      "-c",
      "echo ran",
    ]);
    expect([said, channel.started]).toEqual(["", false]);
    expect(channel.failure).toMatch(/^step [0-9]+ of its launcher gave EINVAL$/u);
  },
);

test.runIf(process.arch === "x64")(
  "the command holds neither the socket nor its launcher's files",
  async () => {
    const script = "ls /proc/self/fd; ls /proc/$PPID/fd 2>&1; cat /proc/$PPID/environ 2>&1 | head -c 100";
    const spec = process.getuid?.() === 0 ? { ...FREE, user: { uid: 61_300, gid: 61_300 } } : FREE;
    const { said } = await launch(spec, ["/bin/sh", "-c", script]);
    expect(said.split("\n")).not.toContain("5");
    expect(said.match(/Permission denied/gu)).toHaveLength(2);
  },
);

test.runIf(process.getuid?.() === 0 && process.arch === "x64")(
  "root becomes the user it was given, with no group, capability or way back",
  async () => {
    const script = "id -u; id -G; grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status | grep -vc ':.0*$'";
    const { said } = await launch({ ...FREE, user: { uid: 61_300, gid: 61_301 } }, ["/bin/sh", "-c", script]);
    expect(said).toBe("61300\n61301\n0\n");
  },
);

test("a launcher of arm64 is built, too, and is another program", () => {
  const arm = launchProgram("arm64", FREE);
  expect(arm.subarray(0, 4).toString("latin1")).toBe("\x7fELF");
  expect(arm.equals(launchProgram("x64", FREE))).toBe(false);
});
