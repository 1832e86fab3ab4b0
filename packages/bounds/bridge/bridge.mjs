// Runs inside the strict bounds: opens the door to the model gateway, then runs the agent and tells how it ended.
// Usage: node bridge.mjs <port> <unix socket, or "-"> <fd that takes the end> <agent> [argument ...]
import { spawn } from "node:child_process";
import { closeSync, writeSync } from "node:fs";
import { constants } from "node:os";
import process from "node:process";
import { pipePort } from "./pipe-port.mjs";

const [port, socketPath, fd, file, ...args] = process.argv.slice(2);

function tell(end) {
  writeSync(Number(fd), `${JSON.stringify(end)}\n`);
  closeSync(Number(fd));
}

if (socketPath !== "-") await pipePort(Number(port), socketPath);

// From here on an end is the agent's own; whatever ends before is the harness's failure.
writeSync(Number(fd), "started\n");
const agent = spawn(file, args, { stdio: "inherit" });
agent.once("error", ({ code, message }) => {
  tell({ exitCode: null, signal: null, error: { code: code ?? "UNKNOWN", message } });
  process.exit(127);
});
agent.once("exit", (exitCode, signal) => {
  tell({ exitCode, signal, error: null });
  // The sandbox ends with this process, and with it whatever the agent left running.
  process.exit(exitCode ?? 128 + constants.signals[signal]);
});
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => agent.kill(signal));
