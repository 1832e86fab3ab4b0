import type { ModelApi } from "./model-api.ts";

const OPENAI_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "invalid_request_error",
  429: "rate_limit_exceeded",
};
const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  529: "overloaded_error",
};

/** Error body in the API's own shape, as UTF-8 JSON; paths outside the APIs get the OpenAI shape. */
export const apiError = (api: ModelApi | null, status: number, message: string): Buffer => {
  const body =
    api === "messages"
      ? {
          type: "error",
          error: {
            type: ANTHROPIC_TYPES[status] ?? (status < 500 ? "invalid_request_error" : "api_error"),
            message,
          },
        }
      : {
          error: {
            message,
            type: OPENAI_TYPES[status] ?? (status < 500 ? "invalid_request_error" : "server_error"),
            param: null,
            code: null,
          },
        };
  return Buffer.from(JSON.stringify(body));
};
