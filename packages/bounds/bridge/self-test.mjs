// Tries what the bounds must refuse and what they must allow, and prints one JSON object: probe to "ok" or an error code.
// Usage: node self-test.mjs <targets as JSON>; run with and without the bounds by the harness.
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { connect } from "node:net";
import process from "node:process";

const ANSWER_MS = 15_000;
const TOOL_MS = 20_000;
const target = JSON.parse(process.argv[2]);

const codeOf = (error) => (/^[A-Z][A-Z0-9_]{1,31}$/.test(error?.code ?? "") ? error.code : "FAILED");
const fail = (code) => Promise.reject(Object.assign(new Error(code), { code }));

/** Ok once the harness's listener has answered with the token it alone knows. */
function answered(options) {
  return new Promise((resolve, reject) => {
    const socket = connect(options);
    let text = "";
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error(), { code: "ETIMEDOUT" })),
      ANSWER_MS,
    );
    socket.on("data", (chunk) => (text += chunk));
    socket.on("error", reject);
    socket.on("close", () => {
      clearTimeout(timer);
      if (text === target.token) resolve();
      else reject(Object.assign(new Error(), { code: "NO_ANSWER" }));
    });
  });
}

function udp() {
  return new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    const end = (code) => {
      clearTimeout(timer);
      socket.close();
      if (code === null) resolve();
      else reject(Object.assign(new Error(), { code }));
    };
    const timer = setTimeout(() => end("NO_ANSWER"), ANSWER_MS);
    socket.once("message", (message) => end(String(message) === target.token ? null : "NO_ANSWER"));
    socket.once("error", (error) => end(codeOf(error)));
    socket.send("?", target.udp.port, target.udp.address, (error) => error && end(codeOf(error)));
  });
}

/** A pid names another process inside a pid namespace: only the same start time is the harness itself. */
function reachesHarness() {
  process.kill(target.harness.pid, 0);
  const stat = readFileSync(`/proc/${target.harness.pid}/stat`, "latin1");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] === target.harness.start;
}

/** Runs a program; `codes` gives error codes for exit codes that say more than that it failed. */
function tool(argv, options = {}, codes = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), { timeout: TOOL_MS, stdio: "ignore", ...options });
    child.once("error", reject);
    child.once("exit", (status) =>
      status === 0 ? resolve() : reject(Object.assign(new Error(), { code: codes[status] ?? "REFUSED" })),
    );
  });
}

/** Ok when one of the little programs does its system call; each exits 0 for success and with the number of the error else. */
async function systemCalls() {
  let refusal = "REFUSED";
  for (const [index, bytes] of target.callPrograms.entries()) {
    const program = `${target.inside}/call-${index}`;
    writeFileSync(program, Buffer.from(bytes, "base64"), { mode: 0o755 });
    try {
      return await tool([program], {}, target.callExits);
    } catch (error) {
      refusal = codeOf(error);
    }
  }
  return fail(refusal);
}

/** Ok when work succeeds here or, where it cannot, in namespaces of one's own, in which every user is root. */
async function here(work, inOwnNamespaces) {
  try {
    return await work();
  } catch (error) {
    const root = ["--unshare-user", "--uid", "0", "--gid", "0", "--cap-add", "ALL"];
    const loose = [...root, "--unshare-net", "--dev-bind", "/", "/"];
    return tool([target.bwrap, ...loose, ...inOwnNamespaces]).catch(() => fail(codeOf(error)));
  }
}

/** Ok when one kernel setting can be opened for writing; nothing is written. */
function openSetting() {
  let refusal = new Error("no setting");
  for (const { name, parentPath } of readdirSync("/proc/sys", { recursive: true, withFileTypes: true })) {
    try {
      return closeSync(openSync(`${parentPath}/${name}`, "r+"));
    } catch (error) {
      if (error.code !== "EISDIR") refusal = error;
    }
  }
  throw refusal;
}

/** Ok when a file that speaks of the whole host holds anything. */
function readState() {
  for (const name of ["interrupts", "key-users", "kallsyms", "config.gz", "modules", "kcore"]) {
    try {
      const file = openSync(`/proc/${name}`, "r");
      const read = readSync(file, Buffer.alloc(1));
      closeSync(file);
      if (read > 0) return undefined;
    } catch {
      // Another one may be readable.
    }
  }
  return fail("EMPTY");
}

/** Ok when an open file of the harness, or of any other process in view that is not one's own, can be opened for writing. */
function openHelperFile() {
  const open = (pid, fd) => closeSync(openSync(`/proc/${pid}/fd/${fd}`, "r+"));
  try {
    if (reachesHarness()) return open(target.harness.pid, target.harness.fd);
  } catch {
    // Another process has that number here.
  }
  const mine = String(process.pid);
  for (const pid of readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name) && name !== mine)) {
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    if (status.includes(`PPid:\t${mine}\n`)) continue;
    for (const fd of listed(`/proc/${pid}/fd`)) {
      try {
        return open(pid, fd);
      } catch {
        // The next one may be open to be opened.
      }
    }
  }
  return fail("REFUSED");
}

function listed(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Ok when more than the room of shared memory, or a file beside the devices, can be written. */
function fillDevices() {
  const chunk = Buffer.alloc(1 << 20);
  const fill = (path) => {
    const file = openSync(path, "wx");
    try {
      for (let written = 0; written < target.sharedMemoryBytes + chunk.length;)
        written += writeSync(file, chunk);
    } finally {
      closeSync(file);
      rmSync(path);
    }
  };
  try {
    return fill(`/dev/${target.token}`);
  } catch {
    return fill(`/dev/shm/${target.token}`);
  }
}

/** Ok when this process has a capability. */
function holdCapability() {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1] ?? "0";
  return BigInt(`0x${effective}`) === 0n ? fail("NONE") : undefined;
}

const SHELL = ["/bin/sh", "-c"];

const PROBES = {
  "write-inside": () => writeFileSync(`${target.inside}/file`, "x", { flag: "wx" }),
  "remove-inside": () => rmSync(`${target.inside}/file`),
  "model-via-door": () => answered({ host: "127.0.0.1", port: target.doorPort }),
  "write-outside": () => writeFileSync(target.outsideFile, "x", { flag: "wx" }),
  "read-credential": () =>
    readFileSync(target.credential, "utf8") === target.token ? undefined : fail("OTHER"),
  "write-protected-git": () => writeFileSync(`${target.protected}/.git/probe`, "x", { flag: "wx" }),
  "rename-protected-git": () => renameSync(`${target.protected}/.git`, `${target.protected}/moved`),
  "tcp-loopback": () => answered({ host: "127.0.0.1", port: target.tcpPort }),
  "unix-path-socket": () => answered({ path: target.unixSocket }),
  "unix-abstract-socket": () => answered({ path: `\0${target.abstractSocket}` }),
  "udp-outside": udp,
  "signal-host-process": () => (reachesHarness() ? undefined : fail("ESRCH")),
  "new-user-namespace": () => tool([target.bwrap, "--unshare-user", "--bind", "/", "/", "true"]),
  "git-push": () =>
    tool(["git", "push", "--quiet", target.remote, "HEAD:refs/heads/probe"], { cwd: target.repository }),
  "io-uring": systemCalls,
  "write-kernel-setting": () =>
    here(openSetting, ["--proc", "/proc", ...SHELL, ": > /proc/sys/net/ipv4/ip_forward"]),
  "read-kernel-state": readState,
  "open-helper-file": openHelperFile,
  "fill-device-memory": () =>
    here(fillDevices, [
      "--dev",
      "/dev",
      ...SHELL,
      `head -c ${target.sharedMemoryBytes + 1} /dev/zero > /dev/x`,
    ]),
  "hold-capability": () => here(holdCapability, [...SHELL, "! grep -q '^CapEff:.0*$' /proc/self/status"]),
  // The harness collects what lies behind it.
  "collect-through-link": () => symlinkSync(target.outside, target.link),
};

async function attempt(probe) {
  try {
    await probe();
    return "ok";
  } catch (error) {
    return codeOf(error);
  }
}

// Those that wait run side by side; what works at a stretch comes after them, so that it keeps none of them waiting.
const AT_A_STRETCH = ["write-kernel-setting", "read-kernel-state", "open-helper-file", "fill-device-memory"];
const IN_ORDER = ["write-inside", "remove-inside", ...AT_A_STRETCH];
const outcomes = {};
const waiting = Object.keys(PROBES).filter((name) => !IN_ORDER.includes(name));
for (const [name, outcome] of await Promise.all(
  waiting.map(async (name) => [name, await attempt(PROBES[name])]),
))
  outcomes[name] = outcome;
for (const name of IN_ORDER) outcomes[name] = await attempt(PROBES[name]);
process.stdout.write(`${JSON.stringify(outcomes)}\n`);
process.exit(0);
