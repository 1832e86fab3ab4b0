import { boundedText } from "./bounded-text.ts";
import { field, list, text } from "./json-view.ts";
import type { ModelApi } from "./model-api.ts";
import type { BodyApi } from "./request-keys.ts";

/** Names of the tools a request offers; `providerTools` are those that act at the provider. At most 1024 names of 256 code points each. */
export interface OfferedTools {
  readonly tools: string[];
  readonly providerTools: string[];
}

/** Tool types that the client itself executes. Any other type counts as executed by the provider: unknown is not harmless. */
const CLIENT_TYPES: Readonly<Record<BodyApi, RegExp>> = {
  responses: /^(function|custom|local_shell|apply_patch)$/,
  chat: /^(function|custom)$/,
  messages: /^(custom|bash_\d+|text_editor_\d+|computer_\d+|memory_\d+)$/,
};

interface Offered {
  readonly name: string;
  readonly atProvider: boolean;
}

const runsAtClient = (api: BodyApi, tool: unknown, type: string): boolean => {
  if (CLIENT_TYPES[api].test(type)) return true;
  if (api !== "responses") return false;
  // The hosted variants of these two types are told apart by a field.
  if (type === "tool_search") return field(tool, "execution") === "client";
  return type === "shell" && field(field(tool, "environment"), "type") === "local";
};

const nameOf = (tool: unknown, type: string): string =>
  text(field(tool, "name")) ??
  text(field(field(tool, type), "name")) ??
  text(field(tool, "server_label")) ??
  type;

const offered = (api: BodyApi, tool: unknown, prefix: string): readonly Offered[] => {
  const fallback = api === "messages" ? "custom" : "function";
  const type = text(field(tool, "type")) ?? (field(tool, "type") === undefined ? fallback : "unknown");
  // Codex groups the tools of an MCP server in a namespace.
  if (api === "responses" && type === "namespace" && prefix === "") {
    return list(field(tool, "tools")).flatMap((inner) => offered(api, inner, `${nameOf(tool, type)}.`));
  }
  return [{ name: `${prefix}${nameOf(tool, type)}`, atProvider: !runsAtClient(api, tool, type) }];
};

const bounded = (names: readonly string[]): string[] => {
  const kept = names.slice(0, names.length > 1024 ? 1023 : 1024).map((name) => boundedText(name, 256));
  return names.length > 1024 ? [...kept, `(${names.length - 1023} more)`] : kept;
};

/** Reads which tools a request body offers to the model; `features` are names of what else the provider would do. Total over any JSON value. */
export const offeredTools = (
  api: ModelApi,
  body: unknown,
  features: readonly string[] = [],
): OfferedTools => {
  if (api === "models") return { tools: [], providerTools: [] };
  const all = list(field(body, "tools")).flatMap((tool) => offered(api, tool, ""));
  // Two ways to switch on a provider tool without listing it.
  if (api === "chat" && field(body, "web_search_options") !== undefined)
    all.push({ name: "web_search", atProvider: true });
  if (api === "messages") {
    for (const server of list(field(body, "mcp_servers")))
      all.push({ name: `mcp:${text(field(server, "name")) ?? "unnamed"}`, atProvider: true });
  }
  for (const name of features) all.push({ name, atProvider: true });
  return {
    tools: bounded(all.map(({ name }) => name)),
    providerTools: bounded(all.filter(({ atProvider }) => atProvider).map(({ name }) => name)),
  };
};
