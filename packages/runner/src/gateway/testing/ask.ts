import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http";
import type { ModelApi } from "../model-api.ts";
import { within } from "./within.ts";

/** An answer as a client received it; `broken` when the connection ended before the answer did. */
export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly broken: boolean;
}

/** Path of each model API. */
export const PATHS: Readonly<Record<ModelApi, string>> = {
  responses: "/v1/responses",
  chat: "/v1/chat/completions",
  messages: "/v1/messages",
  models: "/v1/models",
};

/** Sends one request and reads its answer to its end, whatever the end is; status 0 when there was no answer. */
export const ask = (
  url: string,
  body: string | Buffer | null,
  headers: OutgoingHttpHeaders = {},
  method = body === null ? "GET" : "POST",
): Promise<Received> =>
  within(
    "an answer",
    new Promise((resolve) => {
      const sent = request(
        url,
        { method, headers: { "content-type": "application/json", ...headers }, agent: false },
        (answer) => {
          const chunks: Buffer[] = [];
          const received = (): Received => ({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text: Buffer.concat(chunks).toString("utf8"),
            broken: !answer.complete,
          });
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("error", () => undefined);
          answer.on("close", () => resolve(received()));
        },
      );
      sent.on("error", () => resolve({ status: 0, headers: {}, text: "", broken: true }));
      sent.end(body ?? undefined);
    }),
  );
