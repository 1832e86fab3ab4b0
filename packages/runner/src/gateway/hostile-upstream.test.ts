import { createServer, type Socket } from "node:net";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { GatewayOptions } from "./gateway-options.ts";
import { ask, PATHS } from "./testing/ask.ts";
import { conversation } from "./testing/conversation.ts";
import { openGateway, TEST_TOKEN } from "./testing/open-gateway.ts";
import { openUpstream } from "./testing/open-upstream.ts";
import { within } from "./testing/within.ts";

const KEY = "sk-operator-0123456789abcdef";
const API_KEY = { header: "authorization", value: `Bearer ${KEY}` };
const CHAT = PATHS.chat;
const BODY = conversation("chat", 0);

/** An endpoint that answers each connection's first bytes as the test says. */
const rawUpstream = async (answer: (socket: Socket) => void): Promise<string> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => answer(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  return `http://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}`;
};

const through = async (url: string, more: Partial<GatewayOptions> = {}) => {
  const opened = await openGateway(onTestFinished, { upstream: { url, apiKey: API_KEY }, ...more });
  const received = await ask(opened.gateway.url + CHAT, BODY);
  const [answered] = await opened.answered(1);
  return { ...opened, received, data: answered?.data };
};

describe("an endpoint that does not play along", () => {
  it.each([
    ["101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"],
    ["101 without words", "HTTP/1.1 101 X\r\n\r\n"],
    ["100", "HTTP/1.1 100 Continue\r\n\r\n"],
    ["103", "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"],
    ["199, then 200", "HTTP/1.1 199 X\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"],
    ["999", "HTTP/1.1 999 X\r\nContent-Length: 2\r\n\r\n{}"],
    ["no HTTP", "220 smtp ready\r\n"],
  ])("is an error at once when its status is %s", async (_status, bytes) => {
    const url = await rawUpstream((socket) => void socket.write(bytes));
    const { received, data } = await through(url);
    expect([received.status, data?.end]).toEqual([502, "error-status"]);
  });

  it("is given up when it says nothing in time, before its answer and in it", async () => {
    const silent = await rawUpstream(() => undefined);
    const deadlines = { upstreamMs: 100 };
    expect((await through(silent, { deadlines })).received.status).toBe(502);
    const stalled = await rawUpstream(
      (socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: {}\n\n"),
    );
    const { received, data } = await through(stalled, { deadlines });
    expect([received.status, received.broken, data?.end]).toEqual([200, true, "cut"]);
  });

  it("is not followed to another place, and its redirect says no address", async () => {
    let elsewhere = 0;
    const other = await rawUpstream((socket) => {
      elsewhere += 1;
      socket.end();
    });
    for (const status of [301, 302, 303, 307, 308]) {
      const upstream = await openUpstream(
        onTestFinished,
        (response) =>
          void response.writeHead(status, { location: `${other}/take`, refresh: `0;${other}` }).end(),
      );
      const { received } = await through(upstream.url);
      expect(received.status).toBe(status);
      expect(JSON.stringify(received.headers)).not.toContain(other);
    }
    expect(elsewhere).toBe(0);
  });

  it.each([
    ["in its error", (key: string) => [`{"error":{"message":"Incorrect API key provided: ${key}"}}`]],
    ["one byte at a time", (key: string) => `data: ${key}\n\ndata: [DONE]\n\n`.split("")],
    ["twice, cut in the middle", (key: string) => [`${key}${key.slice(0, 9)}`, `${key.slice(9)} `]],
    ["as base64", (key: string) => [Buffer.from(`x${key}y`).toString("base64")]],
    ["as hex", (key: string) => [Buffer.from(key).toString("hex")]],
  ])("gives the agent no key when it echoes it %s", async (_how, pieces) => {
    for (const key of [KEY, API_KEY.value]) {
      const upstream = await openUpstream(onTestFinished, (response) => {
        response.writeHead(401, {
          "content-type": "application/json",
          "x-request-id": key,
          "x-echo": key,
          "www-authenticate": key,
        });
        const send = (rest: readonly string[]): void => {
          const [piece, ...more] = rest;
          if (piece === undefined) return void response.end();
          response.write(piece, () => setImmediate(send, more));
        };
        send(pieces(key));
      });
      const { received, log, bodies } = await through(upstream.url);
      const given = received.text + JSON.stringify(received.headers) + (await log()) + (await bodies());
      expect(received.text.length).toBe(pieces(key).join("").length);
      for (const form of [KEY, Buffer.from(KEY).toString("hex"), Buffer.from(`x${key}y`).toString("base64")])
        expect(given).not.toContain(form);
    }
  });

  it("gives the agent no key when it breaks off within it", async () => {
    const url = await rawUpstream(
      (socket) => void socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nis ${KEY.slice(0, -1)}`),
    );
    const { received } = await through(url);
    expect([received.broken, received.text.includes(KEY.slice(0, 12))]).toEqual([true, false]);
  });
});

describe("the operator's key", () => {
  it.each([
    ["another host", (evil: string) => `//${evil}${CHAT}`],
    ["credentials before a host", (evil: string) => `/v1/responses@${evil}/`],
    ["a host as query", (evil: string) => `${CHAT}?x=@${evil}`],
    ["dots", () => "/v1/../admin/keys"],
    ["encoded dots", () => "/v1/%2e%2e/admin"],
    ["dots after the path", () => `${CHAT}/../../files`],
    ["backslashes", () => "/v1\\chat\\completions"],
    ["a fragment", () => `${CHAT}#/../admin`],
    ["a path behind a path", () => `${CHAT}/../../admin?`],
  ])("goes to its endpoint's known path and nowhere else: %s", async (_what, target) => {
    let hits = 0;
    const evil = await rawUpstream(() => (hits += 1));
    const upstream = await openUpstream(onTestFinished, (response) => void response.end("{}"));
    const { gateway } = await openGateway(onTestFinished, {
      upstream: { url: upstream.url, apiKey: API_KEY },
    });
    const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    socket.resume();
    socket.write(
      `POST /${TEST_TOKEN}${target(new URL(evil).host)} HTTP/1.1\r\nHost: ${new URL(evil).host}\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(BODY)}\r\n\r\n${BODY}`,
    );
    await within("an answer", once(socket, "close"));
    expect(hits).toBe(0);
    for (const { path, headers } of upstream.seen)
      expect([path, headers.host]).toEqual([CHAT, new URL(upstream.url).host]);
  });

  it("goes with no header of the client's that chooses an account or a feature", async () => {
    const upstream = await openUpstream(onTestFinished, (response) => void response.end("{}"));
    const { gateway } = await openGateway(onTestFinished, {
      upstream: { url: upstream.url, apiKey: API_KEY },
    });
    await ask(`${gateway.url}${CHAT}`, BODY, {
      accept: "text/event-stream",
      "user-agent": "agent/1.0",
      "anthropic-version": "2023-06-01",
      "anthropic-beta": "code-execution-2025-05-22",
      "openai-beta": "responses=v1",
      "openai-organization": "mine",
      "x-api-key": "mine",
      "api-key": "mine",
      "x-goog-api-key": "mine",
      "x-forwarded-host": "evil.example",
      "x-model": "expensive-9",
      "content-type": "text/plain",
      "content-encoding": "identity",
      forwarded: "host=evil.example",
      cookie: "mine",
    });
    expect(upstream.seen[0]?.headers).toEqual({
      accept: "text/event-stream",
      "accept-encoding": "identity",
      "anthropic-version": "2023-06-01",
      authorization: `Bearer ${KEY}`,
      connection: "close",
      "content-length": String(Buffer.byteLength(BODY)),
      "content-type": "application/json",
      host: new URL(upstream.url).host,
      "user-agent": "agent/1.0",
    });
  });

  it("sends no body where the API has none", async () => {
    const upstream = await openUpstream(onTestFinished, (response) => void response.end("{}"));
    const { gateway } = await openGateway(onTestFinished, { upstream: { url: upstream.url } });
    await ask(`${gateway.url}/v1/models?model=expensive-9`, "{}", { "content-length": 2 }, "GET");
    expect(upstream.seen).toMatchObject([{ method: "GET", path: "/v1/models", body: "" }]);
  });
});

describe("a client that does not play along", () => {
  it("is left when it does not read what it asked for, or does not send what it announced", async () => {
    const chunk = Buffer.alloc(1024 * 1024, 0x61);
    const upstream = await openUpstream(onTestFinished, (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on("drain", more);
      more();
    });
    const { gateway, answered } = await openGateway(onTestFinished, {
      upstream: { url: upstream.url },
      deadlines: { clientMs: 100, requestMs: 100 },
    });
    const port = Number(new URL(gateway.url).port);
    const lazy = connect(port, "127.0.0.1");
    lazy.on("error", () => undefined);
    lazy.write(
      `POST /${TEST_TOKEN}${CHAT} HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(BODY)}\r\n\r\n${BODY}`,
    );
    expect(await answered(1)).toMatchObject([{ data: { request: 1, end: "unanswered" } }]);
    const slow = connect(port, "127.0.0.1");
    slow.on("error", () => undefined);
    slow.write(`POST /${TEST_TOKEN}${CHAT} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{`);
    expect(await answered(2)).toMatchObject([{}, { data: { request: 2, end: "unanswered" } }]);
    lazy.destroy();
    slow.destroy();
  });

  it("cannot fill the evidence with requests beyond its limit", async () => {
    const upstream = await openUpstream(onTestFinished, (response) => void response.end("{}"));
    const { gateway, of } = await openGateway(onTestFinished, {
      upstream: { url: upstream.url },
      maxRequests: 1,
    });
    for (let round = 0; round < 26; round += 1)
      await Promise.all(Array.from({ length: 40 }, () => ask(`${gateway.url}${CHAT}`, "{}")));
    expect([of("requested").length, gateway.requests()]).toEqual([1_001, 1_001]);
    expect(upstream.seen).toHaveLength(0);
  });
});
