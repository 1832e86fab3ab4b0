import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { tmpdir } from "node:os";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { ask, PATHS } from "./testing/ask.ts";
import { parseBoundedJson } from "./bounded-json.ts";
import { isRecord } from "./json-view.ts";
import { begin } from "./testing/begin.ts";
import { conversation } from "./testing/conversation.ts";
import { openGateway, TEST_TOKEN } from "./testing/open-gateway.ts";
import { openUpstream } from "./testing/open-upstream.ts";
import { within } from "./testing/within.ts";

const DONE = "data: [DONE]\n\n";
const SSE = { "content-type": "text/event-stream" };
const whole = () =>
  openUpstream(
    onTestFinished,
    (response) => void response.writeHead(200, SSE).end(`data: {"choices":[]}\n\n${DONE}`),
  );
const CHAT = PATHS.chat;
const AS_PROXY = `Proxy-Authorization: Basic ${Buffer.from(`stage6:${TEST_TOKEN}`).toString("base64")}`;

/** Sends raw bytes and reads until the connection ends. */
const raw = async (url: string, bytes: string): Promise<string> => {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
  socket.on("error", () => undefined);
  socket.write(bytes);
  await within("the end of the connection", new Promise((resolve) => void socket.on("close", resolve)));
  return text;
};

describe("startGateway", () => {
  it("forwards the API's path and the body written again, and reports request and answer", async () => {
    const upstream = await whole();
    const { gateway, events, log, bodies } = await openGateway(onTestFinished, {
      upstream: { url: upstream.url },
    });
    const exact = conversation("chat", 0, { user: "  exact \u00e9 ", seed: 0 });
    const body = exact.replace('"seed":0', '  "seed" : 12345678901234567890');
    const answer = await ask(`${gateway.url}${CHAT}?a=b`, body);
    expect(answer).toMatchObject({ status: 200, broken: false, text: `data: {"choices":[]}\n\n${DONE}` });
    const forwarded = exact.replace('"seed":0', '"seed":12345678901234567890');
    expect(upstream.seen).toMatchObject([{ method: "POST", path: CHAT, body: forwarded }]);
    const sha256 = `sha256:${createHash("sha256").update(body).digest("hex")}`;
    const bytes = Buffer.byteLength(body);
    expect(events).toEqual([
      {
        kind: "requested",
        asPlanned: true,
        data: {
          request: 1,
          path: `POST ${CHAT}`,
          model: "scripted-1",
          tools: ["run"],
          providerTools: [],
          bytes,
          sha256,
        },
      },
      { kind: "answered", data: { request: 1, status: 200, end: "complete", bytes: answer.text.length } },
    ]);
    const record: unknown = JSON.parse(await log());
    expect(record).toMatchObject({
      n: 1,
      method: "POST",
      path: CHAT,
      model: "scripted-1",
      requestSha256: sha256,
      requestBytes: bytes,
      status: 200,
      end: "complete",
    });
    const kept = (await bodies())
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(kept).toMatchObject([
      { n: 1, side: "request", encoding: "utf8", part: 1, parts: 1, text: body },
      { n: 1, side: "response", text: answer.text },
    ]);
  });

  it("passes the first bytes on before the upstream has ended", async () => {
    let finish = (): void => undefined;
    const upstream = await openUpstream(onTestFinished, (response) => {
      response.writeHead(200, SSE).write("data: {}\n\n");
      finish = () => void response.end(DONE);
    });
    const { gateway, answered } = await openGateway(onTestFinished, { upstream: { url: upstream.url } });
    const { answer } = await begin(`${gateway.url}${CHAT}`, conversation("chat", 0));
    await within("the first bytes", once(answer, "data"));
    finish();
    await within("the end", once(answer, "end"));
    expect(await answered(1)).toMatchObject([{ data: { end: "complete" } }]);
  });

  it("gives the upstream its own key, drops the client's, and writes neither down", async () => {
    const upstream = await whole();
    const { gateway, events, log, bodies } = await openGateway(onTestFinished, {
      upstream: { url: upstream.url, apiKey: { header: "X-Api-Key", value: "harness-secret" } },
    });
    const identity = {
      authorization: "Bearer client-secret",
      "x-api-key": "client-secret",
      cookie: "client-secret",
      "openai-organization": "client-secret",
    };
    await ask(`${gateway.url}${CHAT}?key=client-secret`, conversation("chat", 0), {
      ...identity,
      "anthropic-version": "2023-06-01",
      connection: "x-hop",
      "x-hop": "1",
    });
    const headers = upstream.seen[0]?.headers ?? {};
    expect(headers).toMatchObject({
      "x-api-key": "harness-secret",
      "anthropic-version": "2023-06-01",
      "accept-encoding": "identity",
    });
    expect(headers).not.toHaveProperty("x-hop");
    expect(JSON.stringify(headers)).not.toContain("client-secret");
    expect(JSON.stringify(events) + (await log()) + (await bodies())).not.toMatch(
      /client-secret|harness-secret/,
    );
  });

  it.each([
    ["POST", "/v1/embeddings"],
    ["GET", "/v1/responses"],
    ["POST", "/v1/messages/count_tokens"],
    ["DELETE", "/v1/models"],
    ["POST", "/__aimock/reset"],
    ["POST", "//v1/responses"],
    ["POST", "/v1/../v1/responses"],
  ])("refuses %s %s without asking the upstream", async (method, path) => {
    const upstream = await whole();
    const { gateway, of } = await openGateway(onTestFinished, { upstream: { url: upstream.url } });
    const text = await raw(
      gateway.url,
      `${method} /${TEST_TOKEN}${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`,
    );
    expect(text).toMatch(/^HTTP\/1.1 403 /);
    expect(upstream.seen).toEqual([]);
    expect(of("requested")).toMatchObject([{ data: { path: `${method} ${path}`, bytes: 2 } }]);
    expect(of("answered")).toMatchObject([{ data: { status: 403, end: "refused" } }]);
  });

  it("refuses CONNECT and absolute-form requests as egress attempts, without credentials and query", async () => {
    const upstream = await whole();
    const { gateway, events, log } = await openGateway(onTestFinished, { upstream: { url: upstream.url } });
    expect(
      await raw(
        gateway.url,
        `CONNECT user:pw@github.com:443 HTTP/1.1\r\nHost: github.com\r\n${AS_PROXY}\r\n\r\n`,
      ),
    ).toMatch(/^HTTP\/1.1 403 /);
    expect(
      await raw(
        gateway.url,
        `POST http://u:pw@example.com/a?token=pw HTTP/1.1\r\nHost: example.com\r\n${AS_PROXY}\r\nContent-Length: 0\r\n\r\n`,
      ),
    ).toMatch(/^HTTP\/1.1 403 /);
    expect(events).toEqual([
      { kind: "egress", method: "CONNECT", target: "github.com:443" },
      { kind: "egress", method: "POST", target: "http://example.com/a" },
    ]);
    expect(await log()).toMatch(/"kind":"egress".*github[^]*example\.com/);
    expect(await log()).not.toContain("pw");
    expect(gateway.requests()).toBe(0);
  });

  it("answers 429 beyond the request limit and fires it", async () => {
    const upstream = await whole();
    const { gateway, of } = await openGateway(onTestFinished, {
      upstream: { url: upstream.url },
      maxRequests: 2,
    });
    for (const status of [200, 200])
      expect((await ask(`${gateway.url}${CHAT}`, conversation("chat", 0))).status).toBe(status);
    expect(gateway.limit.aborted).toBe(false);
    expect((await ask(`${gateway.url}${CHAT}`, conversation("chat", 0))).status).toBe(429);
    expect(gateway.limit.aborted).toBe(true);
    expect([gateway.requests(), upstream.seen.length]).toEqual([3, 2]);
    expect(of("answered").at(-1)).toMatchObject({ data: { request: 3, status: 429, end: "refused" } });
  });

  it("refuses a model that was not planned, and reports it", async () => {
    const upstream = await whole();
    const { gateway, of, log } = await openGateway(onTestFinished, { upstream: { url: upstream.url } });
    expect((await ask(`${gateway.url}${CHAT}`, conversation("chat", 0, { model: "other" }))).status).toBe(
      400,
    );
    expect(upstream.seen).toEqual([]);
    expect(of("requested")).toMatchObject([
      { asPlanned: false, data: { model: "other", refusal: "MODEL_OTHER" } },
    ]);
    expect(await log()).toContain('"asPlanned":false');
    expect(await log()).toContain('"refusal":"MODEL_OTHER"');
  });

  it("forwards the model list", async () => {
    const upstream = await openUpstream(
      onTestFinished,
      (response) => void response.writeHead(200, { "content-type": "application/json" }).end('{"data":[]}'),
    );
    const { gateway, events } = await openGateway(onTestFinished, { upstream: { url: `${upstream.url}/` } });
    expect(await ask(`${gateway.url}/v1/models?x=1`, null)).toMatchObject({
      status: 200,
      text: '{"data":[]}',
    });
    expect(upstream.seen).toMatchObject([{ method: "GET", path: "/v1/models", body: "" }]);
    expect(events).toMatchObject([
      { asPlanned: null, data: { path: "GET /v1/models", model: null, bytes: 0 } },
      { data: { end: "complete" } },
    ]);
  });

  it("refuses a body beyond 64 MiB with its digest", async () => {
    const upstream = await whole();
    const { gateway, of } = await openGateway(onTestFinished, { upstream: { url: upstream.url } });
    const body = Buffer.alloc(64 * 1024 * 1024 + 1, 0x20);
    expect((await ask(`${gateway.url}${CHAT}`, body)).status).toBe(413);
    expect(of("requested")).toMatchObject([
      { data: { bytes: body.length, sha256: `sha256:${createHash("sha256").update(body).digest("hex")}` } },
    ]);
    expect(of("answered")).toMatchObject([{ data: { status: 413, end: "refused" } }]);
    expect(upstream.seen).toEqual([]);
  });

  it("reports a request whose client left half way as unanswered", async () => {
    const upstream = await whole();
    const { gateway, answered, of } = await openGateway(onTestFinished, { upstream: { url: upstream.url } });
    const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
    socket.write(`POST /${TEST_TOKEN}${CHAT} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf`);
    socket.end();
    expect(await answered(1)).toMatchObject([{ data: { status: null, end: "unanswered", bytes: 0 } }]);
    expect(of("requested")).toMatchObject([{ data: { bytes: 4, model: null } }]);
    socket.destroy();
    expect(upstream.seen).toEqual([]);
  });

  it("reports an answer that its client did not wait for as unanswered and lets the upstream go", async () => {
    let left: Promise<unknown> = Promise.resolve();
    const upstream = await openUpstream(onTestFinished, (response) => {
      left = once(response, "close");
      response.writeHead(200, SSE).write("data: {}\n\n");
    });
    const { gateway, answered } = await openGateway(onTestFinished, { upstream: { url: upstream.url } });
    const { answer, leave } = await begin(`${gateway.url}${CHAT}`, conversation("chat", 0));
    await within("data", once(answer, "data"));
    leave();
    expect(await answered(1)).toMatchObject([{ data: { status: 200, end: "unanswered", bytes: 10 } }]);
    await within("the upstream's connection to end", left);
  });

  it("calls an answer complete when its client left after the end marker", async () => {
    const upstream = await openUpstream(
      onTestFinished,
      (response) => void response.writeHead(200, SSE).write(DONE),
    );
    const { gateway, answered } = await openGateway(onTestFinished, { upstream: { url: upstream.url } });
    const { answer, leave } = await begin(`${gateway.url}${CHAT}`, conversation("chat", 0));
    await within("data", once(answer, "data"));
    leave();
    expect(await answered(1)).toMatchObject([{ data: { end: "complete" } }]);
  });

  it("ends open answers as unanswered when it closes, once, and stays closed", async () => {
    const upstream = await openUpstream(onTestFinished, () => undefined);
    const { gateway, of, log } = await openGateway(onTestFinished, { upstream: { url: upstream.url } });
    const pending = [
      ask(`${gateway.url}${CHAT}`, conversation("chat", 0)),
      ask(`${gateway.url}${CHAT}`, conversation("chat", 1)),
    ];
    await expect.poll(() => upstream.seen.length, { timeout: 15_000 }).toBe(2);
    await within("close", Promise.all([gateway.close(), gateway.close()]));
    expect(of("answered")).toMatchObject([
      { data: { status: null, end: "unanswered" } },
      { data: { status: null, end: "unanswered" } },
    ]);
    expect((await log()).trimEnd().split("\n")).toHaveLength(2);
    expect(await Promise.all(pending)).toMatchObject([{ broken: true }, { broken: true }]);
  });

  it("answers 502 when the upstream cannot be reached", async () => {
    const { gateway, of } = await openGateway(onTestFinished, { upstream: { url: "http://127.0.0.1:1" } });
    const { status, text } = await ask(`${gateway.url}${PATHS.messages}`, conversation("messages", 0));
    expect([status, JSON.parse(text)]).toMatchObject([502, { type: "error", error: { type: "api_error" } }]);
    expect(of("answered")).toMatchObject([{ data: { status: 502, end: "error-status" } }]);
  });

  it("survives oversized headers and bytes that are no HTTP, and goes on", async () => {
    const upstream = await whole();
    const { gateway, log } = await openGateway(onTestFinished, { upstream: { url: upstream.url } });
    expect(await raw(gateway.url, `GET / HTTP/1.1\r\nX: ${"a".repeat(10_000_000)}\r\n\r\n`)).toMatch(
      /^(HTTP\/1.1 431 |$)/,
    );
    expect(await raw(gateway.url, "\u0000\u0001 nonsense\r\n\r\n")).toMatch(/^HTTP\/1.1 400 /);
    expect((await ask(`${gateway.url}${CHAT}`, conversation("chat", 0))).status).toBe(200);
    // No token was shown: this trial's evidence holds nothing of it.
    expect((await log()).trimEnd().split("\n")).toHaveLength(1);
  });

  it("forwards a body that names the planned model once and nothing unknown, refuses any other, and never fails", async () => {
    const upstream = await whole();
    const { gateway, of } = await openGateway(onTestFinished, {
      upstream: { url: upstream.url },
      maxRequests: 1_000,
    });
    const planned = fc.constantFrom("scripted-1", "scripted-1 ", "other");
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .record(
          { model: fc.oneof(planned, fc.jsonValue()), tools: fc.jsonValue(), user: fc.jsonValue() },
          { requiredKeys: [] },
        )
        .map((value) => Buffer.from(JSON.stringify(value))),
    );
    await fc.assert(
      fc.asyncProperty(
        bodies,
        fc.constantFrom(PATHS.responses, PATHS.chat, PATHS.messages),
        async (body, path) => {
          const before = upstream.seen.length;
          const { status } = await ask(`${gateway.url}${path}`, body);
          const value = parseBoundedJson(body)?.value;
          const model = isRecord(value) ? value["model"] : undefined;
          if (model !== "scripted-1") expect(status).toBe(400);
          expect(upstream.seen.length - before).toBe(status === 200 ? 1 : 0);
          if (status === 200) expect(JSON.parse(upstream.seen.at(-1)?.body ?? "")).toEqual(value);
        },
      ),
      { numRuns: 150 },
    );
    expect(of("requested").map(({ data }) => data.request)).toEqual(
      Array.from({ length: of("requested").length }, (_, index) => index + 1),
    );
    expect(of("answered")).toHaveLength(of("requested").length);
    await gateway.close();
  });

  it("reports what its owner's callback threw when it closes, not before", async () => {
    const upstream = await whole();
    const { gateway } = await openGateway(onTestFinished, {
      upstream: { url: upstream.url },
      onEvent: () => {
        throw new Error("owner");
      },
    });
    expect((await ask(`${gateway.url}${CHAT}`, conversation("chat", 0))).status).toBe(200);
    await expect(gateway.close()).rejects.toThrow("owner");
  });

  it("does not start with unusable options", async () => {
    const good = { upstream: { url: "http://127.0.0.1:1" } };
    await expect(openGateway(onTestFinished, { upstream: { url: "ftp://x" } })).rejects.toBeInstanceOf(
      TypeError,
    );
    await expect(
      openGateway(onTestFinished, { ...good, token: "token-of-21-character" }),
    ).rejects.toBeInstanceOf(TypeError);
    await expect(
      openGateway(onTestFinished, { upstream: { url: "http://x", apiKey: { header: "k", value: "a\nb" } } }),
    ).rejects.toMatchObject({ code: "ERR_INVALID_CHAR" });
    await expect(
      openGateway(onTestFinished, { ...good, logFile: join(tmpdir(), "absent", "folder", "log.jsonl") }),
    ).rejects.toMatchObject({ code: "ENOENT" });
  });
});
