/** Model API of a request: OpenAI Responses, OpenAI Chat Completions, Anthropic Messages, or the list of models. */
export type ModelApi = "responses" | "chat" | "messages" | "models";

const ROUTES: Readonly<Record<string, ModelApi>> = {
  "POST /v1/responses": "responses",
  "POST /v1/chat/completions": "chat",
  "POST /v1/messages": "messages",
  "GET /v1/models": "models",
};

/** Model API behind `<method> <pathname>`; null for everything the gateway refuses. */
export const modelApiOf = (method: string, pathname: string): ModelApi | null => {
  const route = `${method} ${pathname}`;
  return Object.hasOwn(ROUTES, route) ? (ROUTES[route] ?? null) : null;
};
