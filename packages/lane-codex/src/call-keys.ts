import { field, type JsonRecord, jsonText, textField } from "@stage6/lane-contract";
import { shellWords } from "./shell-words.ts";
import { changesOf } from "./tool-item.ts";

const PATCH_FILE = /^\*\*\* (?:Add|Update|Delete) File: (.+)$/gm;

/** Longest command line that is split into words; no real one is longer (Linux ends an argument at 128 KiB). */
const MAX_COMMAND = 1_048_576;

/** Paths a patch text names, as written; empty when it is no patch. */
function patchPaths(text: string): readonly string[] {
  return [...text.matchAll(PATCH_FILE)].map((match) => (match[1] ?? "").trim());
}

/** Files by their last names: a patch may name a path relative to any folder, the stream prints it absolute. */
function patchKey(paths: readonly string[]): string {
  const names = new Set(paths.map((path) => path.slice(path.lastIndexOf("/") + 1)));
  return `patch ${JSON.stringify([...names].sort())}`;
}

/**
 * What a session call may be shown as in the main stream: a shell command as itself, or as a file change when it applies a patch;
 * any other call by its tool and arguments. Equal keys mean the same kind and the same content.
 */
export function callKeys(tool: string, input: string, args: JsonRecord): readonly string[] {
  if (tool === "web_search_call") return ["search"];
  if (tool === "update_plan") return ["plan"];
  const command = field(args, "cmd") ?? field(args, "command");
  const words = Array.isArray(command) ? command.map(String) : null;
  const text = typeof command === "string" ? command : null;
  const patch = patchPaths(text ?? words?.join("\n") ?? input);
  return [
    ...(text === null ? [] : [`text ${text}`]),
    ...(words === null ? [] : [`words ${JSON.stringify(words)}`, `text ${words.join(" ")}`]),
    ...(patch.length === 0 ? [] : [patchKey(patch)]),
    `tool ${tool} ${jsonText(args)}`,
  ];
}

/** The keys under which an item's call or message is found in the session file, most telling first. */
export function itemKeys(item: JsonRecord): readonly string[] {
  switch (textField(item, "type")) {
    case "command_execution": {
      const command = textField(item, "command");
      const words = command.length > MAX_COMMAND ? null : shellWords(command);
      // `<shell> -lc <text>` is how Codex runs the text of a shell call.
      return [
        ...(words === null ? [] : [`words ${JSON.stringify(words)}`, `text ${words[2] ?? ""}`]),
        `text ${command}`,
      ];
    }
    case "file_change":
      return [patchKey(changesOf(item).map((change) => change.path))];
    case "mcp_tool_call":
      return [
        `tool mcp__${textField(item, "server")}__${textField(item, "tool")} ${jsonText(field(item, "arguments"))}`,
      ];
    case "web_search":
      return ["search"];
    case "todo_list":
      return ["plan"];
    case "agent_message":
      return [`said ${textField(item, "text")}`];
    case "reasoning":
      return [`thought ${textField(item, "text")}`];
    default:
      return [];
  }
}
