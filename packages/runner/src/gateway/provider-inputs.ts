import { field, isRecord, list, text } from "./json-view.ts";
import type { BodyApi } from "./request-keys.ts";

/** Content that the provider would fetch or look up by itself is named by one of these keys. */
const FETCHED = ["file_id", "file_url", "image_url", "url"];

const isInline = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  /^data:/i.test(text(value) ?? text(field(value, "url")) ?? "") ||
  (typeof value === "string" && value === "");

const ofPart = (part: unknown): readonly string[] => {
  const fetched = FETCHED.filter((key) => !isInline(field(part, key)));
  return [
    ...(field(part, "type") === "item_reference" ? ["item_reference"] : []),
    ...fetched,
    // Files and documents lie one level deeper (`file`, `source`); a tool's output holds a list of parts.
    ...["file", "source"].flatMap((key) => (isRecord(field(part, key)) ? ofPart(field(part, key)) : [])),
    ...["content", "output"].flatMap((key) => list(field(part, key)).flatMap(ofPart)),
  ];
};

/** What a request's conversation has the provider fetch or look up: addresses, its own files and stored items; each name once. */
export const providerInputs = (api: BodyApi, body: unknown): readonly string[] => [
  ...new Set(list(field(body, api === "responses" ? "input" : "messages")).flatMap(ofPart)),
];
