import { field, list } from "./json-view.ts";
import type { ModelApi } from "./model-api.ts";

/** Most UTF-16 units that are read of a request's system text. */
const MAX_UNITS = 65_536;

const textOf = (content: unknown): string =>
  typeof content === "string"
    ? content
    : list(content)
        .map((part) => field(part, "text"))
        .filter((part) => typeof part === "string")
        .join("\n");

/** The system text of a request body: what the client tells the model it is; empty when there is none. Total over any JSON value. */
export const systemText = (api: ModelApi, body: unknown): string => {
  switch (api) {
    case "responses":
      return textOf(field(body, "instructions")).slice(0, MAX_UNITS);
    case "chat":
      return list(field(body, "messages"))
        .filter((message) => ["system", "developer"].includes(String(field(message, "role"))))
        .map((message) => textOf(field(message, "content")))
        .join("\n")
        .slice(0, MAX_UNITS);
    case "messages":
      return textOf(field(body, "system")).slice(0, MAX_UNITS);
    case "models":
      return "";
  }
};
