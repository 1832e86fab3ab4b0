// Tries what the bounds must refuse and what they must allow, and prints one JSON object: probe to "ok" or an error code.
// Usage: node self-test.mjs <targets as JSON>; run with and without the bounds by the harness.
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import process from "node:process";
import { pipePort } from "./pipe-port.mjs";

const ANSWER_MS = 1000;
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
function signal() {
  process.kill(target.harness.pid, 0);
  const stat = readFileSync(`/proc/${target.harness.pid}/stat`, "latin1");
  const start = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return start === target.harness.start ? undefined : fail("ESRCH");
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
      return await tool([program], {}, { 1: "EPERM", 38: "ENOSYS" });
    } catch (error) {
      refusal = codeOf(error);
    }
  }
  return fail(refusal);
}

async function model() {
  const server = await pipePort(0, target.bridgeSocket);
  try {
    await answered({ host: "127.0.0.1", port: server.address().port });
  } finally {
    server.close();
  }
}

const PROBES = {
  "write-inside": () => writeFileSync(`${target.inside}/file`, "x", { flag: "wx" }),
  "remove-inside": () => rmSync(`${target.inside}/file`),
  "model-via-bridge": model,
  "write-outside": () => writeFileSync(target.outsideFile, "x", { flag: "wx" }),
  "read-credential": () =>
    readFileSync(target.credential, "utf8") === target.token ? undefined : fail("OTHER"),
  "write-protected-git": () => writeFileSync(`${target.protected}/.git/probe`, "x", { flag: "wx" }),
  "rename-protected-git": () => renameSync(`${target.protected}/.git`, `${target.protected}/moved`),
  "tcp-loopback": () => answered({ host: "127.0.0.1", port: target.tcpPort }),
  "unix-path-socket": () => answered({ path: target.unixSocket }),
  "unix-abstract-socket": () => answered({ path: `\0${target.abstractSocket}` }),
  "udp-outside": udp,
  "signal-host-process": signal,
  "new-user-namespace": () => tool([target.bwrap, "--unshare-user", "--bind", "/", "/", "true"]),
  "git-push": () =>
    tool(["git", "push", "--quiet", target.remote, "HEAD:refs/heads/probe"], { cwd: target.repository }),
  "io-uring": systemCalls,
};

async function attempt(probe) {
  try {
    await probe();
    return "ok";
  } catch (error) {
    return codeOf(error);
  }
}

// Each on targets of its own, so that slow ones need not wait for each other; only removing needs what was written.
const inside = ["write-inside", "remove-inside"];
const outcomes = {};
const others = Object.keys(PROBES).filter((name) => !inside.includes(name));
const started = others.map(async (name) => [name, await attempt(PROBES[name])]);
for (const name of inside) outcomes[name] = await attempt(PROBES[name]);
for (const [name, outcome] of await Promise.all(started)) outcomes[name] = outcome;
process.stdout.write(`${JSON.stringify(outcomes)}\n`);
process.exit(0);
