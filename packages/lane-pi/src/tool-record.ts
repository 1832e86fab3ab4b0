import {
  claimedPath,
  type DraftData,
  field,
  type JsonRecord,
  jsonText,
  recordField,
  recordsField,
  short,
  textField,
} from "@stage6/lane-contract";
import { GUARD_PREFIX } from "./guard-source.ts";
import { COMMAND_TOOL } from "./tools.ts";

/** Tools whose success claims a change of their `path`, and which kind: `write` creates or replaces and does not say which. */
const CLAIMS: ReadonlyMap<string, DraftData<"change.claimed">["kind"]> = new Map([
  ["edit", "modified"],
  ["write", "unknown"],
]);

/** What a tool was asked to do, in one text. */
export function toolInput(tool: string, args: JsonRecord, workspace: string): string {
  if (tool === "bash") return short(textField(args, "command"));
  if (tool === COMMAND_TOOL) return short(textField(args, "name"));
  if (tool === "read" || CLAIMS.has(tool)) return claimedPath(textField(args, "path"), workspace);
  return short(jsonText(args));
}

/** The change that a successful call claims; null when it claims none. */
export function toolClaim(
  tool: string,
  args: JsonRecord,
  workspace: string,
): DraftData<"change.claimed"> | null {
  const kind = CLAIMS.get(tool);
  const path = textField(args, "path");
  return kind === undefined || path === "" ? null : { path: claimedPath(path, workspace), kind };
}

/** Where Pi says how a failed command ended: the last line of its output, up to 0.87; a field of its own in 1.x. */
const EXITED = /(?:^|\n)Command exited with code ([0-9]{1,3})\s*$/;

function exitCode(tool: string, result: JsonRecord, text: string, failed: boolean): number | null {
  const stated = field(recordField(result, "structuredContent"), "exit_code");
  if (typeof stated === "number" && Number.isInteger(stated) && stated >= 0 && stated <= 4_294_967_295)
    return stated;
  const runs = tool === "bash" || tool === COMMAND_TOOL;
  const code = runs && failed ? EXITED.exec(text.slice(-200))?.[1] : undefined;
  return code === undefined ? null : Number(code);
}

/** End of a tool call: failed by Pi's own flag, refused when the words are the guard's. */
export function toolEnd(record: JsonRecord): Omit<DraftData<"tool.ended">, "callId"> {
  const result = recordField(record, "result");
  const text = recordsField(result, "content")
    .map((part) => textField(part, "text"))
    .join("\n");
  const failed = field(record, "isError") === true;
  const status = !failed ? "completed" : text.startsWith(GUARD_PREFIX) ? "refused" : "failed";
  return {
    status,
    exitCode: exitCode(textField(record, "toolName"), result, text, failed),
    reported: true,
  };
}
