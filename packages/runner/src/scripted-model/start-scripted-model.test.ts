import type { Script } from "@stage6/lane-contract";
import { describe, expect, it, onTestFinished } from "vitest";
import { ask, PATHS, type Received } from "../gateway/testing/ask.ts";
import { begin } from "../gateway/testing/begin.ts";
import { conversation } from "../gateway/testing/conversation.ts";
import { openGateway, TEST_TOKEN } from "../gateway/testing/open-gateway.ts";
import { within } from "../gateway/testing/within.ts";
import { scriptFaults } from "./script-faults.ts";
import { startScriptedModel, type ScriptedModelOptions } from "./start-scripted-model.ts";

const APIS = ["responses", "chat", "messages"] as const;
type Api = (typeof APIS)[number];
const SCRIPT: Script = {
  steps: [
    { do: "shell", command: 'echo "\u00e9" > a.txt && echo \u{1f600}' },
    { do: "write", path: "b.txt", content: "x".repeat(5_000) },
    { do: "say", text: "Done: fixed." },
  ],
};

const toolCall: ScriptedModelOptions["toolCall"] = (step) =>
  step.do === "shell" || step.do === "write" ? { name: "run", arguments: { ...step } } : null;

const open = async (script: Script | null) => {
  const model = await startScriptedModel({ script, toolCall, modelId: "scripted-1" });
  if (model.kind !== "started") throw new Error(`unplayable: ${model.step}`);
  onTestFinished(() => model.close());
  const opened = await openGateway(onTestFinished, {
    upstream: { url: model.url, apiKey: model.apiKey },
    faults: scriptFaults(script),
  });
  const at = (api: Api, results: number, more: Readonly<Record<string, unknown>> = {}): Promise<Received> =>
    ask(opened.gateway.url + PATHS[api], conversation(api, results, more));
  return { model, at, ...opened };
};

describe("startScriptedModel behind the gateway", () => {
  it.each(APIS.flatMap((api) => [true, false].map((stream) => ({ api, stream }))))(
    "plays each step of a script by the number of tool results: $api, stream $stream",
    async ({ api, stream }) => {
      const { at, of, events } = await open(SCRIPT);
      const more = {
        stream,
        ...(api === "chat" && stream ? { stream_options: { include_usage: true } } : {}),
      };
      const received = [
        await at(api, 0, more),
        await at(api, 1, more),
        await at(api, 2, more),
        await at(api, 3, more),
      ];
      expect(received.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(received.map(({ headers }) => /event-stream/.test(headers["content-type"] ?? ""))).toEqual([
        stream,
        stream,
        stream,
        stream,
      ]);
      expect(of("answered").map(({ data }) => data.end)).toEqual([
        "complete",
        "complete",
        "complete",
        "complete",
      ]);
      expect(
        of("tool-asked").map((asked) => ({
          ...asked,
          arguments: asked.truncated ? asked.arguments.length : JSON.parse(asked.arguments),
        })),
      ).toEqual([
        { kind: "tool-asked", request: 1, name: "run", arguments: SCRIPT.steps[0], truncated: false },
        { kind: "tool-asked", request: 2, name: "run", arguments: 4096, truncated: true },
      ]);
      expect(received[2]?.text).toContain("Done: fixed.");
      expect(received[3]?.text).toContain("Nothing more to do.");
      expect(received.map(({ text }) => text).join("")).toMatch(/"(input_tokens|prompt_tokens)":100/);
      expect(events.filter(({ kind }) => kind === "requested")).toMatchObject([
        { data: { tools: ["run"], providerTools: [] } },
        {},
        {},
        {},
      ]);
    },
  );

  it.each(APIS)("gives a retry the same step with the same call id: %s", async (api) => {
    const { at } = await open(SCRIPT);
    const [first, again] = [await at(api, 1), await at(api, 1)];
    expect(first.text).toContain("call_1");
    expect(again.text).toContain("call_1");
  });

  it("lists the model and answers nobody without its key", async () => {
    const { model, gateway } = await open(SCRIPT);
    const models: unknown = JSON.parse((await ask(`${gateway.url}/v1/models`, null)).text);
    expect(models).toMatchObject({ data: [{ id: "scripted-1" }] });
    for (const headers of [
      {},
      { authorization: "Bearer other" },
      { authorization: "Bearer " },
      { "x-api-key": TEST_TOKEN },
      { authorization: `Bearer ${TEST_TOKEN}` },
    ]) {
      for (const path of [
        PATHS.chat,
        PATHS.responses,
        PATHS.messages,
        "/__aimock/reset",
        "/__aimock/fixtures",
      ])
        expect((await ask(model.url + path, conversation("chat", 0), headers)).status).toBe(401);
      for (const path of ["/v1/models", "/__aimock/journal", "/__aimock/fixtures", "/v1/responses"])
        expect((await ask(model.url + path, null, headers)).status).toBe(401);
      const upgrade = { connection: "upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
      const live = { ...headers, ...upgrade, "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
      expect((await ask(`${model.url}/v1/realtime`, null, live)).status).toBe(401);
    }
    expect(Buffer.from(model.apiKey.value.replace("Bearer ", ""), "base64url")).toHaveLength(24);
  });

  it("lists the directory and says so when there is no script", async () => {
    const { at, of } = await open(null);
    await at("chat", 0);
    expect(of("tool-asked")).toMatchObject([{ arguments: JSON.stringify({ do: "shell", command: "ls" }) }]);
    expect((await at("chat", 1)).text).toContain("I changed nothing.");
  });

  it("says empty words and waits before each answer", async () => {
    const { at } = await open({ steps: [{ do: "say", text: "" }], answerDelayMs: 1 });
    expect(await at("chat", 0)).toMatchObject({ status: 200, broken: false });
  });

  it("names the first step that the backend cannot be asked to do, without starting", async () => {
    const steps: Script["steps"] = [
      { do: "shell", command: "ls" },
      { do: "fault-hang" },
      { do: "fake-open-tool" },
    ];
    expect(await startScriptedModel({ script: { steps }, toolCall, modelId: "m" })).toEqual({
      kind: "unplayable",
      place: 2,
      step: "fake-open-tool",
    });
    expect(await startScriptedModel({ script: null, toolCall: () => null, modelId: "m" })).toEqual({
      kind: "unplayable",
      place: 0,
      step: "shell",
    });
  });

  it("closes while an answer is delayed", async () => {
    const { at, model } = await open({ ...SCRIPT, answerDelayMs: 60_000 });
    const answer = at("chat", 0);
    await model.close();
    expect((await answer).status).not.toBe(200);
  });
});

describe("faults of a script at the gateway", () => {
  const spoiled = (fault: Script["steps"][number]): Script => ({
    steps: [{ do: "shell", command: "ls" }, fault, ...SCRIPT.steps.slice(1)],
  });

  it.each(APIS)("answers fault-status in the shape of %s, for every retry and only there", async (api) => {
    const { at, of } = await open(spoiled({ do: "fault-status", status: 429, retryAfterSeconds: 3 }));
    expect((await at(api, 0)).status).toBe(200);
    for (const _retry of [1, 2]) {
      const { status, headers, text } = await at(api, 1);
      expect([status, headers["retry-after"]]).toEqual([429, "3"]);
      expect(JSON.parse(text)).toMatchObject({
        error: { type: api === "messages" ? "rate_limit_error" : "rate_limit_exceeded" },
      });
    }
    expect((await at(api, 2)).text).toContain("Done: fixed.");
    expect(of("answered").map(({ data }) => data.end)).toEqual([
      "complete",
      "error-status",
      "error-status",
      "complete",
    ]);
  });

  it.each(APIS)("cuts the beginning of the next answer off: %s", async (api) => {
    const { at, of, log } = await open(spoiled({ do: "fault-cut", afterBytes: 1_000 }));
    const clean = await open({ steps: [{ do: "shell", command: "ls" }, ...SCRIPT.steps.slice(1)] });
    const [cut, whole] = [await at(api, 1), await clean.at(api, 1)];
    expect([cut.broken, cut.text.length]).toEqual([true, 1_000]);
    expect(cut.text.slice(0, 20)).toBe(whole.text.slice(0, 20));
    expect(of("answered")).toMatchObject([{ data: { status: 200, end: "cut", bytes: 1_000 } }]);
    expect(await log()).toContain('"fault":"fault-cut"');
  });

  it("cuts at once, and leaves an answer shorter than the cut complete", async () => {
    const early = await open(spoiled({ do: "fault-cut", afterBytes: 0 }));
    expect(await early.at("chat", 1)).toMatchObject({ status: 200, text: "", broken: true });
    const late = await open(spoiled({ do: "fault-cut", afterBytes: 1_000_000 }));
    expect((await late.at("chat", 1)).text).toContain("[DONE]");
    expect([early.of("answered")[0]?.data.end, late.of("answered")[0]?.data.end]).toEqual([
      "cut",
      "complete",
    ]);
  });

  it.each(APIS)("sends bytes that are no event stream: %s", async (api) => {
    const { at, of } = await open(spoiled({ do: "fault-malformed" }));
    expect(await at(api, 1)).toMatchObject({ status: 200, broken: false });
    expect(of("answered")).toMatchObject([{ data: { status: 200, end: "malformed" } }]);
  });

  it.each([
    [{ do: "fault-hang" }, null, 0],
    [{ do: "fault-stall", afterBytes: 100 }, 200, 100],
    [{ do: "fault-stall", afterBytes: 0 }, 200, 0],
  ] as const)("stays open until the gateway closes: %o", async (fault, status, bytes) => {
    const { of, gateway } = await open(spoiled(fault));
    const answer = begin(gateway.url + PATHS.responses, conversation("responses", 1));
    let received = 0;
    if (status === null) answer.catch(() => undefined);
    else (await answer).answer.on("data", (chunk: Buffer) => (received += chunk.length));
    await expect.poll(() => [of("requested").length, received], { timeout: 15_000 }).toEqual([1, bytes]);
    expect(of("answered")).toEqual([]);
    await within("close", gateway.close());
    expect(of("answered")).toMatchObject([{ data: { status, end: "unanswered", bytes } }]);
  });
});
