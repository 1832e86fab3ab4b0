import type { Usage } from "@stage6/evidence-interface";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { answerReader } from "./answer-reader.ts";
import { answerUsage } from "./answer-usage.ts";
import { ask, PATHS } from "./testing/ask.ts";
import { conversation } from "./testing/conversation.ts";
import { openGateway } from "./testing/open-gateway.ts";
import { openUpstream } from "./testing/open-upstream.ts";

type Api = "responses" | "chat" | "messages";
const APIS = ["responses", "chat", "messages"] as const;

const usage = (inputTokens: number, cachedInputTokens: number, outputTokens: number): Usage => ({
  inputTokens,
  cachedInputTokens,
  outputTokens,
});
const stated = (api: Api, ...values: readonly unknown[]): Usage | null => {
  const reader = answerUsage(api);
  for (const value of values) reader.read(value);
  return reader.stated();
};
const openai = { input_tokens: 30, input_tokens_details: { cached_tokens: 20 }, output_tokens: 4 };
const chat = { prompt_tokens: 30, prompt_tokens_details: { cached_tokens: 20 }, completion_tokens: 4 };
const anthropic = {
  input_tokens: 7,
  cache_read_input_tokens: 20,
  cache_creation_input_tokens: 3,
  output_tokens: 1,
};

/** The events of a whole stream that states 30 tokens in, 20 of them cached, 4 out. */
const STREAMS: Readonly<Record<Api, readonly object[]>> = {
  responses: [
    { type: "response.created", response: { usage: null } },
    { type: "response.completed", response: { output: [], usage: openai } },
  ],
  chat: [
    { choices: [{ index: 0, delta: { content: "x" } }], usage: null },
    { choices: [], usage: chat },
  ],
  messages: [
    { type: "message_start", message: { usage: anthropic } },
    { type: "message_delta", delta: {}, usage: { output_tokens: 4 } },
    { type: "message_stop" },
  ],
};
const BODIES: Readonly<Record<Api, object>> = {
  responses: { object: "response", output: [], usage: openai },
  chat: { choices: [], usage: chat },
  messages: { type: "message", content: [], usage: { ...anthropic, output_tokens: 4 } },
};
const sse = (api: Api): string =>
  STREAMS[api].map((value) => `data: ${JSON.stringify(value)}\n\n`).join("") +
  (api === "chat" ? "data: [DONE]\n\n" : "");

describe("what a provider states of its token counts", () => {
  it.each(APIS)("is read from a stream and from one body alike: %s", (api) => {
    expect(stated(api, ...STREAMS[api])).toEqual(usage(30, 20, 4));
    expect(stated(api, BODIES[api])).toEqual(usage(30, 20, 4));
  });

  it("holds as last said where it is said more than once", () => {
    expect(stated("chat", { usage: chat }, { usage: { ...chat, completion_tokens: 9 } })).toEqual(
      usage(30, 20, 9),
    );
    const delta = { type: "message_delta", usage: { input_tokens: 8, output_tokens: 5 } };
    expect(stated("messages", STREAMS.messages[0], delta)).toEqual(usage(31, 20, 5));
  });

  it("needs no word on cached tokens", () => {
    expect(stated("responses", { usage: { input_tokens: 3, output_tokens: 1 } })).toEqual(usage(3, 0, 1));
    expect(stated("chat", { usage: { prompt_tokens: 3, completion_tokens: 1 } })).toEqual(usage(3, 0, 1));
  });

  it.each([-1, 0.5, "30", null, Number.MAX_SAFE_INTEGER + 1, {}, true])(
    "is nothing when one of the counts is %j",
    (bad) => {
      expect(stated("responses", { usage: { ...openai, output_tokens: bad } })).toBeNull();
      expect(stated("chat", { usage: { ...chat, prompt_tokens: bad } })).toBeNull();
      const input = { type: "message", usage: { input_tokens: bad, output_tokens: 1 } };
      expect(stated("messages", input)).toBeNull();
    },
  );

  it("is nothing when the sum of the parts is no count", () => {
    const most = Number.MAX_SAFE_INTEGER;
    const parts = { input_tokens: most, cache_read_input_tokens: most, output_tokens: 1 };
    expect(stated("messages", { type: "message", usage: parts })).toBeNull();
  });

  it("is nothing in a place where no API states it", () => {
    expect(stated("responses", { type: "response.created", response: { usage: openai } })).toBeNull();
    expect(stated("responses", { type: "response.output_text.delta", usage: openai })).toBeNull();
    expect(stated("messages", { type: "content_block_delta", usage: anthropic })).toBeNull();
    expect(answerUsage("models").stated()).toBeNull();
  });

  it("is null or three counts for any JSON", () => {
    fc.assert(
      fc.property(fc.constantFrom(...APIS), fc.array(fc.jsonValue()), (api, values) => {
        const counts = Object.values(stated(api, ...values) ?? {});
        expect(counts.every((count) => Number.isSafeInteger(count) && count >= 0)).toBe(true);
      }),
    );
  });
});

describe("an answer that is watched", () => {
  const read = (api: Api, text: string, size: number): readonly Usage[] => {
    const told: Usage[] = [];
    const bytes = Buffer.from(text);
    const watch = { onAsk: () => undefined, onUsage: (one: Usage) => void told.push(one) };
    const reader = answerReader(api, "text/event-stream", watch);
    for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
    reader.end(true);
    return told;
  };

  it("tells its counts once however it is cut into pieces, and none when its end is missing", () => {
    fc.assert(
      fc.property(fc.constantFrom(...APIS), fc.integer({ min: 1, max: 200 }), fc.nat(), (api, size, drop) => {
        const text = sse(api);
        expect(read(api, text, size)).toEqual([usage(30, 20, 4)]);
        expect(read(api, text.slice(0, -1 - (drop % text.length)), size)).toEqual([]);
      }),
    );
  });

  it("takes no counts that come after its end", () => {
    const late = `data: ${JSON.stringify({ choices: [], usage: { ...chat, completion_tokens: 999 } })}\n\n`;
    expect(read("chat", sse("chat") + late, 50)).toEqual([usage(30, 20, 4)]);
  });
});

describe("the gateway", () => {
  const through = async (api: Api, type: string, status: number, text: string, whole = true) => {
    const upstream = await openUpstream(onTestFinished, (response) => {
      response.writeHead(status, { "content-type": type });
      if (whole) response.end(text);
      else response.write(text, () => response.destroy());
    });
    const opened = await openGateway(onTestFinished, { upstream: { url: upstream.url } });
    await ask(opened.gateway.url + PATHS[api], conversation(api, 0));
    const [answered] = await opened.answered(1);
    const logged: unknown = JSON.parse(await opened.log());
    return { data: answered?.data, logged };
  };

  it.each(APIS)("records them with the answer and in its log: %s", async (api) => {
    const streamed = await through(api, "text/event-stream", 200, sse(api));
    expect(streamed.data).toMatchObject({ end: "complete", usage: usage(30, 20, 4) });
    expect(streamed.logged).toMatchObject({ end: "complete", usage: usage(30, 20, 4) });
    const body = await through(api, "application/json", 200, JSON.stringify(BODIES[api]));
    expect(body.data).toMatchObject({ end: "complete", usage: usage(30, 20, 4) });
  });

  it.each([
    ["cut", "text/event-stream", 200, sse("chat").replace("data: [DONE]\n\n", ""), false],
    ["malformed", "text/event-stream", 200, sse("chat").replace("data: [DONE]\n\n", ""), true],
    ["malformed", "application/json", 200, `${JSON.stringify(BODIES.chat)},`, true],
    ["error-status", "application/json", 500, JSON.stringify(BODIES.chat), true],
    ["complete", "application/json", 200, '{"choices":[],"usage":{"prompt_tokens":1e400}}', true],
  ] as const)("records none with an answer that ends %s (%s, %i)", async (end, type, status, text, whole) => {
    const { data, logged } = await through("chat", type, status, text, whole);
    expect(data?.end).toBe(end);
    expect([data, logged]).toEqual([
      expect.not.objectContaining({ usage: expect.anything() }),
      expect.not.objectContaining({ usage: expect.anything() }),
    ]);
  });
});
