/** Model API of a request: OpenAI Responses, OpenAI Chat Completions, Anthropic Messages, or the list of models. */
export type ModelApi = "responses" | "chat" | "messages" | "models";

/** Method and path of each API, at the gateway and at its upstream. */
export const ROUTES: Readonly<Record<ModelApi, { readonly method: string; readonly path: string }>> = {
  responses: { method: "POST", path: "/v1/responses" },
  chat: { method: "POST", path: "/v1/chat/completions" },
  messages: { method: "POST", path: "/v1/messages" },
  models: { method: "GET", path: "/v1/models" },
};

const APIS: readonly ModelApi[] = ["responses", "chat", "messages", "models"];

/** Model API behind a method and a path; null for everything the gateway refuses. */
export const modelApiOf = (method: string, pathname: string): ModelApi | null =>
  APIS.find((api) => ROUTES[api].method === method && ROUTES[api].path === pathname) ?? null;
