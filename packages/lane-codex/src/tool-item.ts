import {
  claimedPath,
  type DraftData,
  type DraftRaw,
  type EventDraft,
  exitCodeOf,
  field,
  isRecord,
  type JsonRecord,
  jsonText,
  listField,
  short,
  textField,
} from "@stage6/lane-contract";

/** Item types of the stream that are tool calls. */
export const TOOL_ITEMS: ReadonlySet<string> = new Set([
  "command_execution",
  "file_change",
  "mcp_tool_call",
  "web_search",
]);

/** The `{path, kind}` pairs of a `file_change` item. */
export function changesOf(item: JsonRecord): readonly { readonly path: string; readonly kind: string }[] {
  return listField(item, "changes")
    .filter(isRecord)
    .map((change) => ({ path: textField(change, "path"), kind: textField(change, "kind") }));
}

/** Name of the tool behind an item: its type, or the flat name of an MCP tool. */
export function itemTool(item: JsonRecord): string {
  const type = textField(item, "type");
  return short(
    type === "mcp_tool_call" ? `mcp__${textField(item, "server")}__${textField(item, "tool")}` : type,
    256,
  );
}

/** What the tool was asked to do, in one text. */
export function itemInput(item: JsonRecord, workspace: string): string {
  switch (textField(item, "type")) {
    case "command_execution":
      return short(textField(item, "command"));
    case "file_change":
      return short(
        changesOf(item)
          .slice(0, 4096)
          .map((change) => `${change.kind} ${claimedPath(change.path, workspace)}`)
          .join("\n"),
      );
    case "mcp_tool_call":
      return short(jsonText(field(item, "arguments")));
    default:
      return short(textField(item, "query"));
  }
}

const STATUS: ReadonlyMap<string, DraftData<"tool.ended">["status"]> = new Map([
  ["completed", "completed"],
  ["failed", "failed"],
  ["declined", "refused"],
  ["in_progress", "unclosed"],
]);

/**
 * End of a tool call as its item states it; a web search states no status and ends by being printed. A command that is
 * called completed without an exit code still ran when the end of the turn closed its item (0.104).
 */
export function itemEnd(item: JsonRecord): Omit<DraftData<"tool.ended">, "callId"> {
  const type = textField(item, "type");
  const exitCode = exitCodeOf(field(item, "exit_code"));
  const stated = type === "web_search" ? "completed" : (STATUS.get(textField(item, "status")) ?? "unclosed");
  const ran = type === "command_execution" && stated === "completed" && exitCode === null;
  return { status: ran ? "unclosed" : stated, exitCode, reported: true };
}

const KIND: ReadonlyMap<string, DraftData<"change.claimed">["kind"]> = new Map([
  ["add", "added"],
  ["update", "modified"],
  ["delete", "deleted"],
]);

/** One claim per path of a completed `file_change`; nothing for any other item or status. */
export function itemClaims(item: JsonRecord, raw: DraftRaw, workspace: string): EventDraft[] {
  if (textField(item, "type") !== "file_change" || textField(item, "status") !== "completed") return [];
  return changesOf(item).map((change) => ({
    type: "change.claimed",
    raw,
    data: { path: claimedPath(change.path, workspace), kind: KIND.get(change.kind) ?? "unknown" },
  }));
}
