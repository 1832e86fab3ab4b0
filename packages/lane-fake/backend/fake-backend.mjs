#!/usr/bin/env node
// The fake backend: plays a script for real, and says what it does as JSON lines on stdout.
// One file on purpose: its digest pins the whole backend, and a sandbox has to show only this file.

import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { dirname, resolve } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

const VERSION = "1.0.0";
const MAX_TASK_BYTES = 4 * 1024 * 1024;
const MAX_OUTPUT_BYTES = 64 * 1024;
const CLOSE_GRACE_MS = 200;
const FLOOD_CHUNK_BYTES = 64 * 1024;
const LOOK_AROUND = {
  steps: [
    { do: "shell", command: "ls" },
    { do: "say", text: "I looked around and changed nothing." },
  ],
};

let calls = 0;
let saidBye = false;

/** Writes every byte before it returns, so that no later death can lose one; a slow reader slows it down. */
function print(bytes) {
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") process.exit(1);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}

function record(kind, fields) {
  print(Buffer.from(`${JSON.stringify({ v: 1, kind, ...fields })}\n`));
}

const message = (as, text) => record("message", { as, text });

function bye(outcome, text) {
  if (outcome === "completed") record("usage", { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 });
  record("bye", { outcome, message: text });
  saidBye = true;
}

function openTool(tool, input) {
  calls += 1;
  const id = `call-${calls}`;
  record("tool-start", { id, tool, input });
  return id;
}

/** Text when the bytes are UTF-8, base64 when they are not: no byte is replaced. */
function quoted(bytes) {
  try {
    return { output: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { outputBase64: bytes.toString("base64") };
  }
}

function closeTool(id, status, exitCode, output, outputBytes = output.length) {
  record("tool-end", { id, status, exitCode, outputBytes, ...quoted(output) });
}

/** Runs a command with both streams as one; output beyond the cap is counted and dropped. */
function runShell(command) {
  return new Promise((done) => {
    const child = spawn("/bin/sh", ["-c", `exec 2>&1\n${command}`], { stdio: ["ignore", "pipe", "inherit"] });
    const parts = [];
    let held = 0;
    let total = 0;
    child.stdout.on("data", (part) => {
      total += part.length;
      const kept = part.subarray(0, MAX_OUTPUT_BYTES - held);
      held += kept.length;
      if (kept.length > 0) parts.push(kept);
    });
    const finish = (exitCode, text = "") => {
      child.stdout.destroy();
      done({ exitCode, output: Buffer.concat([...parts, Buffer.from(text)]), total: total + text.length });
    };
    child.on("error", (error) => finish(null, error.message));
    // A command may leave a process behind that keeps the pipe open: do not wait for it.
    child.on("exit", (exitCode) => setTimeout(() => finish(exitCode), CLOSE_GRACE_MS).unref());
    child.on("close", (exitCode) => finish(exitCode));
  });
}

async function shell({ command }) {
  const id = openTool("shell", command);
  const { exitCode, output, total } = await runShell(command);
  closeTool(id, exitCode === 0 ? "completed" : "failed", exitCode, output, total);
}

/** A file tool: `act` changes the file and returns the kind of change, or throws with what to tell. */
function fileTool(tool, path, act) {
  const id = openTool(tool, path);
  try {
    record("change", { path, change: act(resolve(path)) });
    closeTool(id, "completed", null, Buffer.alloc(0));
  } catch (error) {
    closeTool(id, "failed", null, Buffer.from(String(error.message)));
  }
}

function write({ path, content }) {
  fileTool("write", path, (file) => {
    const change = existsSync(file) ? "modified" : "added";
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return change;
  });
}

function edit({ path, oldText, newText }) {
  fileTool("edit", path, (file) => {
    const parts = readFileSync(file, "utf8").split(oldText);
    if (parts.length !== 2) throw new Error(`expected the text once, found it ${parts.length - 1} times`);
    writeFileSync(file, parts.join(newText));
    return "modified";
  });
}

/** Stops in the middle of a record, as a backend does whose model answer was cut. */
function breakOff() {
  print(
    Buffer.from(
      JSON.stringify({ v: 1, kind: "message", as: "answer", text: "I was about to" }).slice(0, -12),
    ),
  );
  process.exit(1);
}

/** Never returns; the message tells that SIGTERM is minded, or no longer minded, from now on. */
async function hang(ignoreTerm) {
  if (ignoreTerm) process.on("SIGTERM", () => {});
  message("warning", ignoreTerm ? "hanging, deaf to SIGTERM" : "hanging");
  for (;;) await sleep(60_000);
}

async function drip({ everyMs }) {
  for (let drop = 1; ; drop += 1) {
    message("reasoning", `drop ${drop}`);
    await sleep(everyMs);
  }
}

/** Exactly `bytes` bytes: every `lineBytes`-th is a newline, and so is the last. */
function flood({ bytes, lineBytes }) {
  let left = bytes;
  let column = 0;
  while (left > 0) {
    const chunk = Buffer.alloc(Math.min(FLOOD_CHUNK_BYTES, left), "x");
    for (let at = lineBytes - 1 - column; at < chunk.length; at += lineBytes) chunk[at] = 10;
    column = (column + chunk.length) % lineBytes;
    left -= chunk.length;
    if (left === 0) chunk[chunk.length - 1] = 10;
    print(chunk);
  }
}

/** A process in its own session with no stream of ours, so that neither a group kill nor a closed pipe ends it. */
async function orphan({ seconds }) {
  const wait = `setTimeout(() => {}, ${seconds * 1000})`;
  const child = spawn(process.execPath, ["-e", wait], { detached: true, stdio: "ignore" });
  const text = await new Promise((done) => {
    child.on("spawn", () => done(`left process ${child.pid} for ${seconds} s`));
    child.on("error", (error) => done(`left no process: ${error.message}`));
  });
  child.unref();
  message("warning", text);
}

/** Dies by the signal; the first process of a PID namespace is spared by it, and exits as a shell would tell. */
async function die({ signal }) {
  process.kill(process.pid, signal);
  await sleep(1000);
  process.exit(128 + constants.signals[signal]);
}

function failedModel({ status }) {
  const text = `model error ${status}`;
  message("warning", text);
  bye("failed", text);
  process.exit(1);
}

function say({ text }) {
  message("answer", text);
  bye("completed", null);
}

const STEPS = {
  say,
  shell,
  write,
  edit,
  "fault-status": failedModel,
  "fault-cut": breakOff,
  "fault-malformed": breakOff,
  "fault-hang": () => hang(false),
  "fault-stall": () => hang(false),
  "fake-exit": ({ code }) => process.exit(code),
  "fake-signal": die,
  "fake-hang": ({ ignoreTerm }) => hang(ignoreTerm),
  "fake-drip": drip,
  "fake-print": ({ base64 }) => print(Buffer.from(base64, "base64")),
  "fake-flood": flood,
  "fake-orphan": orphan,
  "fake-open-tool": () => void openTool("shell", "true"),
};

/** `say` ends the turn: after it only what the process itself does wrong still plays. */
async function play({ steps, answerDelayMs = 0 }) {
  for (const step of steps) {
    if (saidBye && !step.do.startsWith("fake-")) continue;
    if (answerDelayMs > 0) await sleep(answerDelayMs);
    await STEPS[step.do](step);
  }
  if (!saidBye) bye("completed", null);
}

function readScript(path) {
  const script = JSON.parse(readFileSync(path, "utf8")) ?? LOOK_AROUND;
  const unknown = script.steps.find((step) => !Object.hasOwn(STEPS, step.do));
  if (unknown !== undefined) throw new Error(`unknown step ${JSON.stringify(unknown.do)}`);
  return script;
}

async function readTask() {
  const parts = [];
  let held = 0;
  for await (const part of process.stdin) {
    held += part.length;
    if (held > MAX_TASK_BYTES) throw new Error(`the task is longer than ${MAX_TASK_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function main([first, ...rest]) {
  if (first === "--version") return print(Buffer.from(`stage6-fake ${VERSION}\n`));
  if (first === undefined || rest.length > 0) throw new Error("usage: fake-backend.mjs SCRIPT.json < TASK");
  const script = readScript(first);
  const session = createHash("sha256")
    .update(await readTask())
    .digest("hex")
    .slice(0, 16);
  record("hello", { session, version: VERSION });
  return play(script);
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => {
    writeSync(2, `stage6-fake: ${error.message}\n`);
    process.exit(2);
  },
);
