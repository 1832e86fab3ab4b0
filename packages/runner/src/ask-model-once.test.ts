import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it, onTestFinished } from "vitest";
import { askModelOnce, type ModelAnswer, type ModelQuestion } from "./ask-model-once.ts";
import { isSameModel } from "./gateway/named-model.ts";
import { openUpstream } from "./gateway/testing/open-upstream.ts";

const KEY = "Bearer sk-secret-of-the-operator";
type Api = ModelQuestion["api"];

const ask = async (url: string, api: Api = "chat", deadlineMs = 10_000): Promise<ModelAnswer> =>
  askModelOnce({
    endpoint: { url, apiKey: { header: "authorization", value: KEY } },
    model: "model-1",
    api,
    deadlineMs,
  });

const USAGE = { input_tokens: 9, output_tokens: 2, prompt_tokens: 9, completion_tokens: 2 };
/** A whole streamed answer of each API. */
const answers = (model: string, usage: object | null = USAGE): Readonly<Record<Api, readonly object[]>> => ({
  chat: [
    { model, choices: [] },
    { model, choices: [], usage },
  ],
  responses: [{ type: "response.completed", response: { model, usage } }],
  messages: [
    { type: "message_start", message: { model, usage } },
    { type: "message_delta", usage },
    { type: "message_stop" },
  ],
});
const stream = (events: readonly object[], done = true): string =>
  [...events.map((event) => JSON.stringify(event)), ...(done ? ["[DONE]"] : [])]
    .map((data) => `event: ${/"type":"([a-z_.]+)"/.exec(data)?.[1] ?? "message"}\ndata: ${data}\n\n`)
    .join("");
const says = (text: string, status = 200) =>
  openUpstream(onTestFinished, (response) => {
    response.writeHead(status, { "content-type": "text/event-stream" }).end(text);
  });

describe("one request before the first trial", () => {
  it.each(["chat", "responses", "messages"] as const)(
    "asks by the API %s, and takes an answer of the model with its token counts",
    async (api) => {
      const { url, seen } = await says(stream(answers("model-1")[api], api === "chat"));
      const before = readdirSync(tmpdir()).filter((name) => name.startsWith("stage6-canary-"));
      expect(await ask(url, api)).toEqual({
        ok: true,
        status: 200,
        named: "model-1",
        usage: { inputTokens: 9, cachedInputTokens: 0, outputTokens: 2 },
      });
      expect(seen.map(({ headers }) => headers.authorization)).toEqual([KEY]);
      const after = readdirSync(tmpdir()).filter((name) => name.startsWith("stage6-canary-"));
      expect(after.filter((name) => !before.includes(name))).toEqual([]);
    },
  );

  it.each([
    ["401", 401, "AUTH_FAILURE"],
    ["403", 403, "AUTH_FAILURE"],
    ["429", 429, "RATE_LIMIT"],
    ["404", 404, "MODEL_MISMATCH"],
    ["400", 400, "MODEL_ERROR"],
    ["503", 503, "MODEL_UNREACHABLE"],
    ["a redirect", 302, "MODEL_ERROR"],
  ])("refuses an answer of status %s, without a word of the key", async (_name, status, code) => {
    const { url, seen } = await openUpstream(onTestFinished, (response, { headers }) => {
      response
        .writeHead(status, { location: "http://127.0.0.1:9/" })
        .end(`{"error":"${headers.authorization ?? ""}"}`);
    });
    const answer = await ask(url);
    expect(answer).toMatchObject({ ok: false, code, status });
    expect(JSON.stringify(answer)).not.toContain("secret");
    expect(seen).toHaveLength(1);
  });

  it.each([
    ["of another model", stream(answers("model-2").chat), "MODEL_MISMATCH"],
    ["of no model by name", stream([{ choices: [], usage: USAGE }]), "MODEL_MISMATCH"],
    ["without token counts", stream(answers("model-1", null).chat), "MODEL_USAGE_MISSING"],
    ["that breaks off", stream(answers("model-1").chat, false), "MODEL_ERROR"],
    ["that is no answer", "<html>", "MODEL_ERROR"],
  ])("refuses an answer %s", async (_name, text, code) => {
    expect(await ask((await says(text)).url)).toMatchObject({ ok: false, code });
  });

  it("says of a dead port that no connection was to be had", async () => {
    const answer = await ask("http://127.0.0.1:9");
    expect(answer).toMatchObject({
      ok: false,
      code: "MODEL_UNREACHABLE",
      detail: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("waits no longer than its deadline", async () => {
    const { url } = await openUpstream(onTestFinished, () => undefined);
    expect(await ask(url, "chat", 500)).toMatchObject({ ok: false, code: "MODEL_UNREACHABLE" });
  });
});

it.each([
  ["model-1", "model-1", true],
  ["model-1", "model-1-2026-01-31", true],
  ["model-1", "model-1@20260131", true],
  ["model-1", "model-1-mini", false],
  ["model-1", "model-10", false],
  ["model-1", "model", false],
])("an answer to %s may call itself %s: %s", (asked, named, same) => {
  expect(isSameModel(asked, named)).toBe(same);
});
