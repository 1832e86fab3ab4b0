import {
  type DraftRaw,
  type EventDraft,
  field,
  isRecord,
  type JsonRecord,
  listField,
  messaged,
  textField,
} from "@stage6/lane-contract";

function planText(item: JsonRecord): string {
  return listField(item, "items")
    .filter(isRecord)
    .slice(0, 4096)
    .map((entry) => `[${field(entry, "completed") === true ? "x" : " "}] ${textField(entry, "text")}`)
    .join("\n");
}

/**
 * A message item as a draft: an answer, reasoning or warning once it is complete, a plan each time it is printed. Null
 * for an item that is no message.
 */
export function messageItem(phase: string, item: JsonRecord, raw: DraftRaw): readonly EventDraft[] | null {
  const complete = phase === "item.completed";
  switch (textField(item, "type")) {
    case "agent_message":
      return complete ? [messaged(raw, "answer", textField(item, "text"))] : [];
    case "reasoning":
      return complete ? [messaged(raw, "reasoning", textField(item, "text"))] : [];
    case "error":
      return complete ? [messaged(raw, "warning", textField(item, "message"))] : [];
    case "todo_list":
      return [messaged(raw, "plan", planText(item))];
    default:
      return null;
  }
}
