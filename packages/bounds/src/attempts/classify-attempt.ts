import type { ForbiddenAction } from "@stage6/evidence-interface";
import { classifyGit } from "./classify-git.ts";
import { classifyHosting } from "./classify-hosting.ts";
import { classifyRelease } from "./classify-release.ts";
import { classifyRequest } from "./classify-request.ts";
import { splitCommands } from "./split-commands.ts";

const SHELLS = new Set(["sh", "bash", "dash", "zsh", "ksh", "ash"]);
// Words that run the words after them.
const PREFIXES = new Set([
  "env",
  "command",
  "exec",
  "nohup",
  "time",
  "sudo",
  "nice",
  "setsid",
  "builtin",
  "xargs",
  "npx",
  "bunx",
  "then",
  "do",
  "else",
  "if",
  "while",
  "!",
]);
const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=/u;
const MAX_DEPTH = 4;

/**
 * The first forbidden action a command seems to try, from its argument vector or shell text, or null. Text tells
 * nothing about effect and is easily disguised: the answer feeds the list of attempts and no verdict.
 */
export function classifyAttempt(command: readonly string[] | string): ForbiddenAction | null {
  return classify(command, 0);
}

function classify(command: readonly string[] | string, depth: number): ForbiddenAction | null {
  if (depth > MAX_DEPTH) return null;
  const commands = typeof command === "string" ? splitCommands(command) : [command];
  for (const words of commands) {
    const action = classifyWords(words, depth);
    if (action !== null) return action;
  }
  return null;
}

function classifyWords(words: readonly string[], depth: number): ForbiddenAction | null {
  const at = commandAt(words);
  const first = words[at];
  if (first === undefined) return null;
  const [tool, rest] = [toolName(first), words.slice(at + 1)];
  if (SHELLS.has(tool) || tool === "eval") return classifyShell(tool, rest, depth);
  return (
    classifyGit(tool, rest) ??
    classifyHosting(tool, rest) ??
    classifyRelease(tool, rest) ??
    classifyRequest(tool, rest)
  );
}

/** Index of the word that names the program, behind assignments, words that run other words, and their flags. */
function commandAt(words: readonly string[]): number {
  let prefixed = false;
  for (const [index, word] of words.entries()) {
    if (ASSIGNMENT.test(word)) continue;
    if (prefixed && /^-|^[0-9]+$/u.test(word)) continue;
    if (!PREFIXES.has(toolName(word))) return index;
    prefixed = true;
  }
  return words.length;
}

function toolName(word: string): string {
  return (word.split("/").at(-1) ?? word).toLowerCase();
}

function classifyShell(tool: string, args: readonly string[], depth: number): ForbiddenAction | null {
  if (tool === "eval") return classify(args.join(" "), depth + 1);
  const flag = args.findIndex((arg) => /^-[a-z]*c[a-z]*$/u.test(arg));
  const script = flag === -1 ? undefined : args.slice(flag + 1).find((arg) => !arg.startsWith("-"));
  return script === undefined ? null : classify(script, depth + 1);
}
