import { describe, expect, it, onTestFinished } from "vitest";
import { ask, PATHS } from "./testing/ask.ts";
import { openGateway } from "./testing/open-gateway.ts";
import { openUpstream } from "./testing/open-upstream.ts";

const through = async (api: "responses" | "chat" | "messages", body: string | Buffer) => {
  const upstream = await openUpstream(
    onTestFinished,
    (response) => void response.writeHead(200, { "content-type": "application/json" }).end("{}"),
  );
  const { gateway, of } = await openGateway(onTestFinished, { upstream: { url: upstream.url } });
  const { status } = await ask(`${gateway.url}${PATHS[api]}`, body);
  const [requested] = of("requested");
  return { status, data: requested?.data, forwarded: upstream.seen };
};

const MODEL = '"model":"scripted-1"';

describe("a body that asks for another model, or can be read in two ways", () => {
  it.each([
    ["MODEL_MISSING", "chat", '{"messages":[]}'],
    ["MODEL_MISSING", "messages", '{"messages":[]}'],
    ["MODEL_MISSING", "responses", '{"input":"hi"}'],
    ["MODEL_MISSING", "responses", '{"prompt":{"id":"pmpt_x"},"input":"hi"}'],
    ["MODEL_MISSING", "chat", '{"model":null}'],
    ["MODEL_MISSING", "chat", '{"model":["scripted-1"]}'],
    ["MODEL_MISSING", "chat", '{"model":{"id":"scripted-1"}}'],
    ["MODEL_OTHER", "chat", '{"model":""}'],
    ["MODEL_OTHER", "chat", '{"model":"Scripted-1"}'],
    ["MODEL_OTHER", "chat", '{"model":"scripted-1\\u0000"}'],
    ["MODEL_OTHER", "chat", '{"model":"scripted-1:online"}'],
    ["MODEL_OTHER", "chat", '{"model":"scripted-1,expensive-9"}'],
    ["MODEL_OTHER", "chat", '{"model":"scr\\u0456pted-1"}'],
    ["BODY_AMBIGUOUS", "chat", '{"model":"expensive-9","messages":[],"model":"scripted-1"}'],
    ["BODY_AMBIGUOUS", "chat", `{${MODEL},"\\u006dodel":"expensive-9"}`],
    ["BODY_AMBIGUOUS", "chat", `{${MODEL},"Model":"expensive-9"}`],
    ["BODY_AMBIGUOUS", "chat", `{${MODEL},"\uff4dodel":"expensive-9"}`],
    ["BODY_AMBIGUOUS", "responses", `{${MODEL},"\u017ftore":true}`],
    ["BODY_AMBIGUOUS", "chat", `{${MODEL},"Tools":[{"type":"web_search"}]}`],
    ["BODY_AMBIGUOUS", "chat", `{${MODEL},"tools":[{"Type":"web_search"}]}`],
    ["BODY_AMBIGUOUS", "chat", `{${MODEL},"tools":[{"type":"function","type":"web_search"}]}`],
    ["BODY_AMBIGUOUS", "responses", `{${MODEL},"tools":[{"type":"namespace","tools":[{"TYPE":"mcp"}]}]}`],
    ["BODY_UNREADABLE", "chat", `[{${MODEL}}]`],
    ["BODY_UNREADABLE", "chat", `{${MODEL}} {"model":"expensive-9"}`],
    ["BODY_UNREADABLE", "chat", `{${MODEL},/**/"model":"expensive-9"}`],
    ["BODY_UNREADABLE", "chat", `\ufeff{${MODEL}}`],
    ["BODY_UNREADABLE", "chat", ""],
    ["BODY_UNREADABLE", "chat", "model=scripted-1"],
  ] as const)("is refused as %s on %s: %s", async (refusal, api, body) => {
    const { status, data, forwarded } = await through(api, body);
    expect([status, data?.refusal, forwarded]).toEqual([400, refusal, []]);
  });

  it.each([
    ["chat", "models", '"models":["expensive-9"]'],
    ["chat", "plugins", '"plugins":[{"id":"web"}]'],
    ["chat", "search_parameters", '"search_parameters":{"mode":"on"}'],
    ["chat", "provider", '"provider":{"order":["x"]}'],
    ["chat", "route", '"route":"fallback"'],
    ["chat", "extra_body", '"extra_body":{"model":"expensive-9"}'],
    ["chat", "store", '"store":true'],
    ["chat", "store", '"store":"false"'],
    ["chat", "__proto__", '"__proto__":{"model":"expensive-9"}'],
    ["chat", "model_id", '"model_id":"expensive-9"'],
    ["chat", "modelId", '"modelId":"expensive-9"'],
    ["chat", "model ", '"model ":"expensive-9"'],
    ["chat", "modalities", '"modalities":["audio"]'],
    ["chat", "file_id", '"messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}]'],
    [
      "chat",
      "image_url",
      '"messages":[{"content":[{"type":"image_url","image_url":{"url":"https://a/b"}}]}]',
    ],
    ["responses", "prompt", '"prompt":{"id":"pmpt_x"}'],
    ["responses", "previous_response_id", '"previous_response_id":"resp_1"'],
    ["responses", "conversation", '"conversation":"conv_1"'],
    ["responses", "background", '"background":true'],
    ["responses", "store", '"store":true'],
    ["responses", "web_search_options", '"web_search_options":{}'],
    ["responses", "item_reference", '"input":[{"type":"item_reference","id":"msg_1"}]'],
    ["responses", "image_url", '"input":[{"content":[{"type":"input_image","image_url":"http://a/b"}]}]'],
    ["responses", "file_url", '"input":[{"content":[{"type":"input_file","file_url":"http://a/b"}]}]'],
    ["responses", "file_id", '"input":[{"type":"function_call_output","output":[{"file_id":"f"}]}]'],
    ["messages", "container", '"container":{"skills":[]}'],
    ["messages", "context_management", '"context_management":{"edits":[]}'],
    ["messages", "betas", '"betas":["code-execution"]'],
    [
      "messages",
      "url",
      '"messages":[{"content":[{"type":"document","source":{"type":"url","url":"http://a"}}]}]',
    ],
  ] as const)("is refused on %s as the provider's feature %s", async (api, feature, member) => {
    const { status, data, forwarded } = await through(api, `{${MODEL},${member}}`);
    expect([status, data?.refusal, forwarded]).toEqual([400, "PROVIDER_FEATURE", []]);
    expect(data?.providerTools).toContain(feature);
    expect(data?.model).toBe("scripted-1");
  });

  it.each([
    ["chat", '"web_search_options":{}', "web_search"],
    ["chat", '"tools":[{"type":"browser_search"}]', "browser_search"],
    ["messages", '"mcp_servers":[{"name":"x","url":"https://x"}]', "mcp:x"],
    ["responses", '"tools":[{"type":"code_interpreter"}]', "code_interpreter"],
  ] as const)("is recorded as a provider tool on %s, and forwarded: %s", async (api, member, name) => {
    const { status, data } = await through(api, `{${MODEL},${member}}`);
    expect([status, data?.providerTools, data?.refusal]).toEqual([200, [name], undefined]);
  });

  it.each([
    [
      "chat",
      '"store":false,"stream":true,"messages":[{"content":[{"image_url":{"url":"data:image/png;base64,AA"}}]}]',
    ],
    [
      "responses",
      '"store":false,"previous_response_id":null,"background":false,"input":[{"image_url":"data:image/png;base64,AA"}]',
    ],
    ["messages", '"container":null,"messages":[{"content":[{"source":{"type":"base64","data":"AA"}}]}]'],
  ] as const)("is forwarded unchanged on %s when every feature is off", async (api, members) => {
    const body = `{${MODEL},${members}}`;
    const { status, data, forwarded } = await through(api, body);
    expect([status, data?.providerTools, forwarded.map((one) => one.body)]).toEqual([200, [], [body]]);
  });

  it("is refused when it is compressed, as it cannot be read", async () => {
    const { data, forwarded } = await through("chat", Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]));
    expect([data?.refusal, forwarded]).toEqual(["BODY_UNREADABLE", []]);
  });
});
