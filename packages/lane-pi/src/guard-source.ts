import type { NamedCommand } from "@stage6/lane-contract";
import { COMMAND_TOOL } from "./tools.ts";

/** What the guard is told about its trial; absolute paths. */
export interface GuardPlace {
  readonly workspace: string;
  /** File that the guard appends its records to. */
  readonly log: string;
  /** Commands that its tool runs by name; without any it offers no tool. */
  readonly commands: readonly NamedCommand[];
}

/** How every refusal of the guard begins: the words Pi then prints as the result of the call. */
export const GUARD_PREFIX = "stage6-guard: ";

/**
 * Body of the extension that Pi loads: no package, plain Node, read the same by every supported version. It writes
 * `guard_ready` when the session begins, and refuses file writes outside the workspace or into a `.git` folder, and
 * plain commands that act on the outside. Its one tool runs a named command, of which the model says the name only. It is a courtesy that keeps honest work inside, no boundary: what `bash` does
 * is seen by its effect. A throw inside the handler makes Pi refuse the call.
 */
const BODY = String.raw`
const SPACES = /[\u00A0\u2000-\u200A\u202F\u205F\u3000]/g;
const FORBIDDEN = [
  /\bgit\b[^|;&\n]*\s(?:push|send-pack)\b/,
  /\bgh\b[^|;&\n]*\s(?:pr|issue|release|repo)\s+(?:create|merge|close|reopen|delete|edit|review)\b/,
  /\b(?:npm|pnpm|yarn)\b[^|;&\n]*\s(?:publish|unpublish|deprecate|dist-tag)\b/,
];

function record(entry) {
  appendFileSync(LOG, JSON.stringify(entry) + "\n", { mode: 0o600 });
}

/** Every path that a version of Pi may make of the argument. */
function readings(text) {
  const plain = [text, text.replace(SPACES, " ")].flatMap((one) => [one, one.replace(/^@/, "")]);
  return plain.flatMap((one) => {
    if (one === "~" || one.startsWith("~/")) return [one, homedir() + one.slice(1)];
    return one.startsWith("file://") ? [one, fileURLToPath(one)] : [one];
  });
}

/** Where a write would land: links resolved, dangling ones too. */
function landing(path, depth = 0) {
  if (depth > 64) throw new Error("too many links");
  try {
    return realpathSync(path);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  let target = null;
  try {
    target = readlinkSync(path);
  } catch {
    target = null;
  }
  if (target !== null) return landing(resolve(landing(dirname(path), depth + 1), target), depth + 1);
  return dirname(path) === path ? path : join(landing(dirname(path), depth + 1), basename(path));
}

function refusedPath(text) {
  for (const reading of readings(text)) {
    const rest = relative(realpathSync(WORKSPACE), landing(resolve(WORKSPACE, reading)));
    const parts = rest.split(sep);
    if (rest === "" || parts[0] === ".." || isAbsolute(rest)) return "outside the workspace: " + text;
    if (parts.some((part) => part.toLowerCase() === ".git")) return "inside a git folder: " + text;
  }
  return null;
}

function refusal(event) {
  const input = event.input ?? {};
  if (event.toolName === "write" || event.toolName === "edit") {
    const paths = [input.path, input.file_path].filter((path) => typeof path === "string");
    return paths.map(refusedPath).find((found) => found !== null) ?? null;
  }
  if (event.toolName === "bash") {
    const command = String(input.command ?? "");
    return FORBIDDEN.some((pattern) => pattern.test(command)) ? "acts on the outside: " + command.slice(0, 500) : null;
  }
  if (event.toolName === COMMAND_TOOL)
    return Object.hasOwn(COMMANDS, String(input.name)) ? null : "not a command of this trial: " + String(input.name);
  return event.toolName === "read" ? null : "not a tool of this trial: " + event.toolName;
}

/** Runs a command to its end; the last part of what it printed, and its exit code. */
function run([file, ...args], signal) {
  return new Promise((done) => {
    const child = spawn(file, args, { cwd: WORKSPACE, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    const take = (chunk) => (text = (text + chunk).slice(-MAX_OUTPUT));
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", take);
    const kill = () => child.kill("SIGKILL");
    signal?.addEventListener("abort", kill, { once: true });
    child.on("error", (error) => done({ text: text + error.message, code: 127 }));
    child.on("close", (code) => done({ text, code: code ?? 137 }));
  });
}

const tool = {
  name: COMMAND_TOOL,
  label: "Run a command",
  description: "Runs one of the commands of this repository: " + Object.keys(COMMANDS).join(", ") + ".",
  parameters: {
    type: "object",
    properties: { name: { type: "string", enum: Object.keys(COMMANDS), description: "Which command." } },
    required: ["name"],
    additionalProperties: false,
  },
  async execute(_id, { name }, ...rest) {
    const argv = Object.hasOwn(COMMANDS, String(name)) ? COMMANDS[name] : null;
    if (argv === null) throw new Error(PREFIX + "not a command of this trial: " + String(name));
    const { text, code } = await run(argv, rest.find((one) => one instanceof AbortSignal));
    if (code !== 0) throw new Error((text === "" ? "" : text + "\n\n") + "Command exited with code " + code);
    return { content: [{ type: "text", text: text === "" ? "(no output)" : text }], details: { exitCode: code } };
  },
};

export default function guard(pi) {
  if (Object.keys(COMMANDS).length > 0) pi.registerTool(tool);
  pi.on("session_start", () => record({ type: "guard_ready", workspace: WORKSPACE }));
  pi.on("tool_call", (event) => {
    const found = refusal(event);
    if (found === null) return undefined;
    const reason = PREFIX + found;
    record({ type: "tool_blocked", toolCallId: event.toolCallId, toolName: event.toolName, reason });
    return { block: true, reason };
  });
}
`;

/** The guard extension's whole source for one trial. */
export function guardSource(place: GuardPlace): string {
  const constants = {
    WORKSPACE: place.workspace,
    LOG: place.log,
    PREFIX: GUARD_PREFIX,
    COMMAND_TOOL,
    COMMANDS: Object.fromEntries(place.commands.map(({ name, argv }) => [name, argv])),
    // As much as Pi keeps of the output of its own shell.
    MAX_OUTPUT: 50_000,
  };
  return [
    'import { spawn } from "node:child_process";',
    'import { appendFileSync, readlinkSync, realpathSync } from "node:fs";',
    'import { homedir } from "node:os";',
    'import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";',
    'import { fileURLToPath } from "node:url";',
    "",
    ...Object.entries(constants).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};`),
    BODY.trimStart(),
  ].join("\n");
}
