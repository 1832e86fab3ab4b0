import {
  type DraftData,
  type DraftRaw,
  type EventDraft,
  field,
  isRecord,
  type JsonRecord,
  listField,
  shorten,
  textField,
} from "@stage6/lane-contract";

/** A message of the agent or of the backend, cut to the length an event may hold. */
export function message(raw: DraftRaw, kind: DraftData<"agent.messaged">["kind"], text: string): EventDraft {
  return { type: "agent.messaged", raw, data: { kind, ...shorten(text) } };
}

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
      return complete ? [message(raw, "answer", textField(item, "text"))] : [];
    case "reasoning":
      return complete ? [message(raw, "reasoning", textField(item, "text"))] : [];
    case "error":
      return complete ? [message(raw, "warning", textField(item, "message"))] : [];
    case "todo_list":
      return [message(raw, "plan", planText(item))];
    default:
      return null;
  }
}
