import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { superviseProcess } from "../process/supervise-process.ts";
import { seccompProgram } from "./seccomp/seccomp-program.ts";
import { encodeBpf } from "./seccomp/bpf.ts";
import { superviseStrict } from "./supervise-strict.ts";
import { MAX_PROCESSES } from "./launch/resource-limits.ts";
import { exitOfError, systemCallProgram } from "./machine/system-call-program.ts";
import { openStrictPlace } from "./testing/strict-profile.ts";

/** Living processes whose command line holds `word`. */
function alive(word: string): number[] {
  const pids = readdirSync("/proc").filter((name) => /^[0-9]+$/u.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const state = readFileSync(`/proc/${pid}/stat`, "latin1").replace(/^.*\) /su, "")[0];
      return state !== "Z" && readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0").includes(word);
    } catch {
      return false;
    }
  });
}

/** A main process that ignores SIGTERM, and the three descendants that escape most ways to end a tree. */
const descendants = (seconds: string) =>
  [
    "trap '' TERM",
    `sleep ${seconds} &`,
    `setsid sh -c 'sleep ${seconds} & exit 0'`,
    `setsid env -i PATH=/usr/bin:/bin sh -c 'cd /; exec 0<&- 1>&- 2>&-; sleep ${seconds} & exit 0'`,
    `echo up; sleep ${seconds}; sleep ${seconds}`,
  ].join("\n");

test.each([
  ["a deadline", (seconds: string) => descendants(seconds), "total-limit"],
  [
    "the end of the main process",
    (seconds: string) => descendants(seconds).replace(/echo up;.*/su, "sleep 0.2"),
    "exit",
  ],
])(
  "descendants that ignore SIGTERM, leave the session, environment and files: 0 survive %s",
  async (_name, script, endedBy) => {
    const { profile, spec, notes } = await openStrictPlace(onTestFinished);
    const seconds = `98.${process.pid}${endedBy.length}`;
    const base = spec(script(seconds));
    const { end } = await superviseStrict(
      { ...base, limits: { ...base.limits, totalMs: 1500 } },
      profile(),
      notes,
    );
    expect(end).toMatchObject({ endedBy, survivors: [] });
    expect(alive(seconds)).toEqual([]);
  },
);

test("the default tier finds and ends the same descendants, but for the one that cut every tie", async () => {
  const { spec } = await openStrictPlace(onTestFinished);
  const seconds = `97.${process.pid}`;
  const base = spec(descendants(seconds));
  const end = await superviseProcess({ ...base, limits: { ...base.limits, totalMs: 1500 } });
  const left = alive(seconds);
  onTestFinished(() => left.forEach((pid) => process.kill(pid, "SIGKILL")));
  expect(end.survivors.length).toBeGreaterThanOrEqual(1);
  expect(left.length).toBeLessThanOrEqual(1);
});

test.each([
  ["exit 7", { exitCode: 7, signal: null }],
  ["kill -SEGV $$", { exitCode: null, signal: "SIGSEGV" }],
  ["kill -KILL $$", { exitCode: null, signal: "SIGKILL" }],
])("%s is told as the agent's own end", async (script, end) => {
  const { profile, spec, notes } = await openStrictPlace(onTestFinished);
  expect((await superviseStrict(spec(script), profile(), notes)).end).toMatchObject({
    ...end,
    endedBy: "exit",
  });
});

test("a program that is not there is a failed start, as in the default tier", async () => {
  const { profile, spec, notes } = await openStrictPlace(onTestFinished);
  const { end } = await superviseStrict({ ...spec(""), argv: ["/nonexistent/agent"] }, profile(), notes);
  expect(end).toMatchObject({ endedBy: "spawn-failure", exitCode: null, spawnError: { code: "ENOENT" } });
});

test("a sandbox that cannot be made is an error of the harness, never an end of the agent", async () => {
  const { profile, spec, notes } = await openStrictPlace(onTestFinished);
  const broken = profile([{ path: "/nonexistent/folder", writable: true }]);
  await expect(superviseStrict(spec("true"), broken, notes)).rejects.toMatchObject({
    code: "STRICT_NOT_STARTED",
  });
});

test("the environment is the planned one and the marker, capabilities and open files are none", async () => {
  const { profile, spec, notes } = await openStrictPlace(onTestFinished);
  const script =
    "env | cut -d= -f1 | sort | tr '\\n' ' '; grep -E 'Cap(Eff|Bnd)|NoNewPrivs|Seccomp:' /proc/self/status; for fd in /proc/self/fd/*; do readlink $fd; done | sort -u";
  await superviseStrict(spec(script), profile(), notes);
  const said = readFileSync(join(notes, "stdout"), "utf8");
  expect(said.split("\n")[0]).toBe("PATH PWD STAGE6_RUN CapEff:\t0000000000000000");
  const [state, files] = said.split("Seccomp:\t2\n");
  expect(state).toContain("CapBnd:\t0000000000000000\nNoNewPrivs:\t1\n");
  expect(files?.replaceAll(/^(?:pipe:.*|socket:.*|\/dev\/null|\/proc\/.*)\n/gmu, "")).toBe("");
});

test("nothing of the host's own data is in view", async () => {
  const { profile, spec, notes, folder } = await openStrictPlace(onTestFinished);
  await superviseStrict(
    spec(`ls -A / /tmp /etc; cat /etc/shadow ${folder}/seccomp; touch /new /usr/new`),
    profile(),
    notes,
  );
  const said = readFileSync(join(notes, "stdout"), "utf8");
  expect(said).not.toMatch(/^(?:home|root|run|var|opt|srv|shadow|sys)$/mu);
  expect(
    readFileSync(join(notes, "stderr"), "utf8").match(/No such file|Read-only file system/gu),
  ).toHaveLength(4);
});

test("the gateway answers through the door on its own port, and no other port of the host does", async () => {
  const { profile, spec, notes, folder } = await openStrictPlace(onTestFinished);
  const body = "x".repeat(300_000);
  const listen = () =>
    new Promise<number>((resolve) => {
      const server = createServer((_request, response) =>
        response.setHeader("connection", "close").end(body),
      );
      onTestFinished(() => void server.close());
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
  const [port, other] = [await listen(), await listen()];
  writeFileSync(
    join(folder, "ask.mjs"),
    `for (const port of [${port}, ${other}]) await fetch("http://127.0.0.1:" + port).then((a) => a.text()).then((t) => console.log(t.length), (e) => console.log(e.cause.code));`,
  );
  const mounts = [{ path: join(folder, "ask.mjs"), writable: false }];
  const ask = { ...spec(""), argv: [process.execPath, join(folder, "ask.mjs")] };
  const gateway = createServer((_request, response) => response.setHeader("connection", "close").end(body));
  const door = { port, onConnection: (socket: Socket) => void gateway.emit("connection", socket) };
  await superviseStrict(ask, profile(mounts), notes, door);
  expect(readFileSync(join(notes, "stdout"), "utf8")).toBe("300000\nECONNREFUSED\n");
});

const CALLS: readonly (readonly [string, number, number, number])[] = [
  ["io_uring_setup", 425, 8, 1],
  ["ptrace", 101, 0, 1],
  ["unshare(CLONE_NEWUSER)", 272, 0x10000000, 1],
  ["unshare(CLONE_FS)", 272, 0x200, 0],
  ["keyctl", 250, 0, 1],
  ["userfaultfd", 323, 1, 1],
  ["mount", 165, 0, 1],
  ["bpf", 321, 0, 1],
  ["clone3", 435, 0, 38],
  ["getpid", 39, 0, 0],
];

test.runIf(process.arch === "x64")("the kernel itself gives the filter's answers", async () => {
  const { profile, spec, notes, workspace, driver } = await openStrictPlace(onTestFinished);
  expect(driver.seccomp.equals(encodeBpf(seccompProgram("x64")))).toBe(true);
  const lines = CALLS.map(([, number, argument], index) => {
    writeFileSync(join(workspace, `call-${index}`), systemCallProgram("x64", number, argument), {
      mode: 0o755,
    });
    return `./call-${index}; echo $?`;
  });
  await superviseStrict(spec(lines.join("\n")), profile(), notes);
  const answers = readFileSync(join(notes, "stdout"), "utf8").trim().split("\n").map(Number);
  expect(CALLS.map(([name], index) => [name, answers[index]])).toEqual(
    CALLS.map(([name, , , answer]) => [name, answer === 0 ? 0 : exitOfError(answer)]),
  );
});

test("tools that copy modes, times and attributes go on where attributes cannot be had", async () => {
  const { profile, spec, notes, workspace } = await openStrictPlace(onTestFinished);
  const script =
    "echo x > a; chmod 640 a; cp -p a b; cp -a a c; mkdir d; mv a d; mv d /tmp; mv /tmp/d .; tar cf t d; tar xpf t";
  const { end } = await superviseStrict(spec(`set -e; ${script}`), profile(), notes);
  expect({ ...end, said: readFileSync(join(notes, "stderr"), "utf8") }).toMatchObject({
    exitCode: 0,
    said: "",
  });
  expect(readdirSync(workspace).toSorted()).toEqual(["b", "c", "d", "t"]);
});

test("memory is counted across the sandbox, and the sandbox's own temp folder has an end", async () => {
  const { profile, spec, notes } = await openStrictPlace(onTestFinished);
  const eat = `const all = []; setInterval(() => all.length < 40 && all.push(Buffer.alloc(${16 * 1024 ** 2}, 1)), 20)`;
  const base = spec("");
  const { end } = await superviseStrict(
    {
      ...base,
      argv: ["/bin/sh", "-c", `setsid "${process.execPath}" -e '${eat}' & sleep 30`],
      limits: { ...base.limits, memoryBytes: 400 * 1024 ** 2 },
    },
    profile(),
    notes,
  );
  expect(end).toMatchObject({ endedBy: "memory-limit", survivors: [] });
  const other = await openStrictPlace(onTestFinished);
  const fill = "dd if=/dev/zero of=/tmp/x bs=1M count=1100 2>/dev/null; rc=$?; rm /tmp/x; exit $rc";
  expect(await superviseStrict(other.spec(fill), other.profile(), other.notes)).toMatchObject({
    end: { exitCode: 1 },
  });
});

test("memory that no process has mapped counts, too, where the kernel holds the limit", async () => {
  const { profile, spec, notes } = await openStrictPlace(onTestFinished);
  const base = spec("dd if=/dev/zero of=/tmp/x bs=1M count=400 2>/dev/null; echo went on; sleep 30");
  const limits = { ...base.limits, memoryBytes: 128 * 1024 ** 2 };
  const { end, memory } = await superviseStrict({ ...base, limits }, profile(), notes);
  expect(end.endedBy).toBe(memory === "enforced" ? "memory-limit" : "total-limit");
  if (process.getuid?.() === 0) expect(memory).toBe("enforced");
});

test.each([
  ["files beside the devices", "echo x > /dev/x", "Read-only file system"],
  ["shared memory", "dd if=/dev/zero of=/dev/shm/x bs=1M count=80", "No space left on device"],
  ["descriptors", "ulimit -n 1000000", "ulimit"],
  ["processes", "ulimit -u 100000 2>&1 || ulimit -p 100000", "limit"],
  ["a core dump", "ulimit -c unlimited", "limit"],
])("the room for %s has an end that the command cannot move", async (_name, script, said) => {
  const { profile, spec, notes } = await openStrictPlace(onTestFinished);
  const { end } = await superviseStrict(spec(script), profile(), notes);
  expect({
    failed: end.exitCode !== 0,
    said: readFileSync(join(notes, "stderr"), "utf8") + readFileSync(join(notes, "stdout"), "utf8"),
  }).toEqual({
    failed: true,
    said: expect.stringContaining(said),
  });
});

test("the number of processes, of open files and the size of core dumps are limited for every process", async () => {
  const { profile, spec, notes } = await openStrictPlace(onTestFinished);
  await superviseStrict(spec("cat /proc/self/limits"), profile(), notes);
  const limits = readFileSync(join(notes, "stdout"), "utf8");
  const hard = (name: string): number => Number(new RegExp(`^${name} +\\S+ +(\\S+)`, "mu").exec(limits)?.[1]);
  expect(hard("Max processes")).toBeLessThanOrEqual(MAX_PROCESSES);
  expect(hard("Max open files")).toBeLessThanOrEqual(65_536);
  expect(hard("Max core file size")).toBe(0);
});

test("what a command does to its launcher and the sandbox's first process changes nothing but its own end", async () => {
  const { profile, spec, notes } = await openStrictPlace(onTestFinished);
  const reach = [
    "for pid in 1 $PPID; do for fd in /proc/$pid/fd/*; do echo x > $fd; done; cat /proc/$pid/environ /proc/$pid/mem; done",
    "printf '\\\\003\\\\0\\\\0\\\\0\\\\0\\\\0\\\\0\\\\0' >&5; ls -l /proc/self/fd",
    "kill -KILL $PPID; kill -KILL 1; exit 77",
  ].join("\n");
  const { end } = await superviseStrict(spec(reach), profile(), notes);
  const killed = { exitCode: null, signal: "SIGKILL" };
  // Root's launcher is another user's process; an ordinary user's can be ended, which is an end like any other.
  expect(end).toMatchObject({
    endedBy: "exit",
    ...(process.getuid?.() === 0 ? { exitCode: 77, signal: null } : killed),
  });
  expect(readFileSync(join(notes, "stdout"), "utf8")).not.toMatch(/ [3-9] -> (?!\/proc\/)/u);
});

test("a text without an interpreter line is run by the shell, and a program is looked for in the view alone", async () => {
  const { profile, spec, notes, workspace, folder } = await openStrictPlace(onTestFinished);
  writeFileSync(join(workspace, "plain"), "echo plain $1\n", { mode: 0o755 });
  writeFileSync(join(folder, "true"), "#!/bin/sh\nexit 9\n", { mode: 0o755 });
  const plain = { ...spec(""), argv: ["./plain", "text"] };
  expect((await superviseStrict(plain, profile(), notes)).end).toMatchObject({ exitCode: 0 });
  expect(readFileSync(join(notes, "stdout"), "utf8")).toBe("plain text\n");
  const other = await openStrictPlace(onTestFinished);
  const named = { ...other.spec(""), argv: ["true"], env: { PATH: `${folder}:/usr/bin:/bin` } };
  expect((await superviseStrict(named, other.profile(), other.notes)).end).toMatchObject({ exitCode: 0 });
});
