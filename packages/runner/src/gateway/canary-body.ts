import type { ModelApi } from "./model-api.ts";

const ASK = "Answer with the one word: ready";

/** Body of the smallest request for an answer by an API, streamed as backends ask for it. */
export const canaryBody = (api: Exclude<ModelApi, "models">, model: string): Buffer => {
  switch (api) {
    case "responses":
      return json({ model, input: [{ role: "user", content: ASK }], stream: true, store: false });
    case "chat":
      return json({
        model,
        messages: [{ role: "user", content: ASK }],
        stream: true,
        stream_options: { include_usage: true },
      });
    case "messages":
      return json({ model, max_tokens: 64, messages: [{ role: "user", content: ASK }], stream: true });
  }
};

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));
