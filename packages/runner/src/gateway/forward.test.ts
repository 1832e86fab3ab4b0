import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { ask, PATHS } from "./testing/ask.ts";
import { conversation } from "./testing/conversation.ts";
import { openGateway } from "./testing/open-gateway.ts";
import { openUpstream } from "./testing/open-upstream.ts";

const SSE = { "content-type": "text/event-stream; charset=utf-8" };
const JSON_TYPE = { "content-type": "application/json" };
const event = (type: string): string => `event: ${type}\ndata: {"type":"${type}"}\n\n`;
const cut = (response: ServerResponse, text: string): void =>
  void response.write(text, () => response.destroy());

const through = async (
  api: "responses" | "chat" | "messages",
  answer: (response: ServerResponse) => void,
) => {
  const upstream = await openUpstream(onTestFinished, answer);
  const opened = await openGateway(onTestFinished, { upstream: { url: upstream.url } });
  const received = await ask(opened.gateway.url + PATHS[api], conversation(api, 0));
  const [answered] = await opened.answered(1);
  return { received, end: answered?.data.end, ...opened };
};

describe("forward", () => {
  it.each(["response.completed", "response.failed", "response.incomplete"])(
    "calls a Responses stream with %s complete",
    async (type) => {
      const { end, received } = await through("responses", (response) =>
        response.writeHead(200, SSE).end(event("response.created") + event(type)),
      );
      expect([end, received.broken]).toEqual(["complete", false]);
    },
  );

  it("calls a Messages stream with message_stop complete", async () => {
    const { end } = await through("messages", (response) =>
      response.writeHead(200, SSE).end(event("message_start") + event("message_stop")),
    );
    expect(end).toBe("complete");
  });

  it.each([
    ["responses", event("response.created")],
    ["responses", `data: {"type":"response.output_text.delta","delta":"response.completed [DONE]"}\n\n`],
    ["responses", `event: response.completed\ndata: {"type":"response.completed"}\n`],
    ["responses", `: event: response.completed\n\n`],
    ["responses", "event: response.completed\n\n"],
    ["chat", "data: {}\n\n"],
    ["chat", "data: [DONE]"],
    ["messages", event("response.completed")],
    ["messages", "<html>"],
    ["chat", ""],
  ] as const)("calls a %s stream that ends cleanly without its marker malformed: %j", async (api, text) => {
    const { end } = await through(api, (response) => response.writeHead(200, SSE).end(text));
    expect(end).toBe("malformed");
  });

  it("calls a stream whose connection ends without the marker cut, and lets the client see it", async () => {
    const { end, received } = await through("chat", (response) =>
      cut(response.writeHead(200, SSE), "data: {}\n\n"),
    );
    expect([end, received.broken, received.text]).toEqual(["cut", true, "data: {}\n\n"]);
  });

  it("calls a stream complete when the connection breaks after the marker", async () => {
    const { end } = await through("chat", (response) =>
      cut(response.writeHead(200, SSE), "data: [DONE]\n\n"),
    );
    expect(end).toBe("complete");
  });

  it.each([
    ["complete", '{"id":"x","choices":[]}', 200],
    ["malformed", '{"id":"x","choi', 200],
    ["malformed", "<html></html>", 200],
    ["malformed", "", 200],
    ["error-status", '{"error":{}}', 500],
    ["error-status", "", 404],
    ["malformed", "", 302],
  ])("calls an answer in one body %s: %j with status %i", async (expected, text, status) => {
    const { end, received } = await through("chat", (response) =>
      response.writeHead(status, JSON_TYPE).end(text),
    );
    expect([end, received.status, received.text]).toEqual([expected, status, text]);
  });

  it("calls a JSON body that is shorter than announced cut", async () => {
    const { end, received } = await through("chat", (response) =>
      cut(response.writeHead(200, { ...JSON_TYPE, "content-length": "100" }), '{"id":1}'),
    );
    expect([end, received.broken]).toEqual(["cut", true]);
  });

  it("keeps the status and body of an upstream error and drops its cookies", async () => {
    const { received } = await through("responses", (response) =>
      response.writeHead(429, { ...JSON_TYPE, "retry-after": "7", "set-cookie": "a=b" }).end('{"error":{}}'),
    );
    expect(received).toMatchObject({ status: 429, text: '{"error":{}}', headers: { "retry-after": "7" } });
    expect(received.headers).not.toHaveProperty("set-cookie");
  });

  it("does not pass on an answer that it cannot watch", async () => {
    const { end, received } = await through("chat", (response) =>
      response.writeHead(200, { ...SSE, "content-encoding": "gzip" }).end(gzipSync("data: [DONE]\n\n")),
    );
    expect([end, received.status]).toEqual(["error-status", 502]);
  });

  it("answers 502 when the upstream ends the connection before an answer", async () => {
    const { end, received } = await through("chat", (response) => response.destroy());
    expect([end, received.status]).toEqual(["error-status", 502]);
  });

  it("passes a long answer on whole to a slow reader and logs its digest alone beyond the bound", async () => {
    const long = `data: ${"x".repeat(9 * 1024 * 1024)}\n\ndata: [DONE]\n\n`;
    const { end, received, bodies } = await through("chat", (response) =>
      response.writeHead(200, SSE).end(long),
    );
    expect([end, received.text.length]).toEqual(["complete", long.length]);
    expect(await bodies()).toContain(`"side":"response","bytes":${long.length},`);
    expect((await bodies()).length).toBeLessThan(10_000);
  });

  it("tells each tool call of the answer before the answer's end", async () => {
    const call = { tool_calls: [{ index: 0, id: "c", function: { name: "run", arguments: '{"a":' } }] };
    const rest = { tool_calls: [{ index: 0, function: { arguments: "1}" } }] };
    const text = [call, rest]
      .map((delta) => `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`)
      .join("");
    const { events } = await through("chat", (response) =>
      response.writeHead(200, SSE).end(`${text}data: [DONE]\n\n`),
    );
    expect(events.map(({ kind }) => kind)).toEqual(["requested", "tool-asked", "answered"]);
    expect(events[1]).toEqual({
      kind: "tool-asked",
      request: 1,
      name: "run",
      arguments: '{"a":1}',
      truncated: false,
    });
  });
});
