import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { SANDBOX_PORT, type GatewayOptions } from "./gateway-options.ts";
import { ask, PATHS } from "./testing/ask.ts";
import { conversation } from "./testing/conversation.ts";
import { openGateway, TEST_TOKEN } from "./testing/open-gateway.ts";
import { openUpstream } from "./testing/open-upstream.ts";
import { within } from "./testing/within.ts";
import { newTrialToken } from "./trial-token.ts";

const CHAT = PATHS.chat;
const BODY = conversation("chat", 0);
const basic = (text: string): string => `Proxy-Authorization: Basic ${Buffer.from(text).toString("base64")}`;
const post = (target: string, body: string): string =>
  `POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Bytes sent, and what came back until the connection ended. */
const raw = async (port: number, bytes: string): Promise<string> => {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
  socket.on("error", () => undefined);
  socket.write(bytes);
  await within("the end of the connection", new Promise((resolve) => void socket.on("close", resolve)));
  return text;
};

const opened = async (more: Partial<GatewayOptions> = {}) => {
  const upstream = await openUpstream(
    onTestFinished,
    (response) =>
      void response
        .writeHead(200, { "content-type": "text/event-stream" })
        .end('data: {"choices":[]}\n\ndata: [DONE]\n\n'),
  );
  const gateway = await openGateway(onTestFinished, { upstream: { url: upstream.url }, ...more });
  return { ...gateway, seen: upstream.seen, port: Number(new URL(gateway.gateway.url).port) };
};

describe("what does not show the trial's token", () => {
  it.each([
    ["no token", post(CHAT, BODY)],
    ["another trial's token", post(`/${newTrialToken()}${CHAT}`, BODY)],
    ["the token's beginning", post(`/${TEST_TOKEN.slice(0, -1)}${CHAT}`, BODY)],
    ["the token behind another segment", post(`/v1/${TEST_TOKEN}${CHAT}`, BODY)],
    ["the token as a query", post(`${CHAT}?token=${TEST_TOKEN}`, BODY)],
    ["the token percent-encoded", post(`/%74${TEST_TOKEN.slice(1)}${CHAT}`, BODY)],
    ["the model list", "GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["another model, to be seen as the trial's", post(CHAT, '{"model":"framed","messages":[]}')],
    [
      "a provider tool, to be seen as the trial's",
      post(CHAT, '{"model":"scripted-1","web_search_options":{}}'),
    ],
    ["a fixed answer", post(`/fixed/lane-stop${CHAT}`, BODY)],
    ["an upgrade", "GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"],
  ])("gets 401 and leaves nothing: %s", async (_what, bytes) => {
    const { gateway, events, log, seen, port } = await opened({ maxRequests: 1 });
    const start = gateway.lastActivity();
    expect(await raw(port, bytes)).toMatch(/^HTTP\/1\.1 401 [^]*Connection: close/);
    expect([events, await log(), gateway.requests(), seen]).toEqual([[], "", 0, []]);
    expect([gateway.limit.aborted, gateway.lastActivity()]).toEqual([false, start]);
    expect((await ask(`${gateway.url}${CHAT}`, BODY)).status).toBe(200);
  });

  it.each([
    ["CONNECT", "CONNECT api.github.com:443 HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["a merge", "PUT http://api.github.com/repos/o/r/pulls/1/merge HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["another trial's proxy", `CONNECT a:443 HTTP/1.1\r\n${basic(`stage6:${newTrialToken()}`)}\r\n\r\n`],
    ["the token as a bearer", `CONNECT a:443 HTTP/1.1\r\nProxy-Authorization: Bearer ${TEST_TOKEN}\r\n\r\n`],
    ["the gateway's own address", post(`http://127.0.0.1/${TEST_TOKEN}${CHAT}`, BODY)],
  ])("gets 407 as a proxy and frames no trial: %s", async (_what, bytes) => {
    const { events, log, seen, port } = await opened();
    expect(await raw(port, bytes)).toMatch(/^HTTP\/1\.1 407 [^]*Proxy-Authenticate: Basic realm="stage6"/);
    expect([events, await log(), seen]).toEqual([[], "", []]);
  });

  it("is no client error of the trial's when it is no HTTP at all", async () => {
    const { events, log, port } = await opened();
    expect(await raw(port, "\u0000\u0001 nonsense\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    expect([events, await log()]).toEqual([[], ""]);
  });

  it("does not keep the trial out by holding connections open", async () => {
    const { gateway, port } = await opened();
    const held: Socket[] = [];
    onTestFinished(() => {
      for (const socket of held) socket.destroy();
    });
    for (let number = 0; number < 200; number += 1) {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => undefined);
      held.push(socket);
      await within("a connection", once(socket, "connect"));
      socket.write("POST /v1/chat");
    }
    expect((await ask(`${gateway.url}${CHAT}`, BODY)).status).toBe(200);
    await expect
      .poll(() => held.filter(({ destroyed }) => !destroyed).length, { timeout: 10_000 })
      .toBeLessThanOrEqual(64);
  });

  it("is ended when it shows nothing in time", async () => {
    const { port, events } = await opened({ deadlines: { headersMs: 50 } });
    expect(await raw(port, "POST /v1/chat HTTP/1.1\r\n")).toBe("");
    expect(events).toEqual([]);
  });

  it("does not take the room of the trial's bodies", async () => {
    const { gateway, port } = await opened();
    const socket = connect(port, "127.0.0.1").resume();
    socket.on("error", () => undefined);
    socket.write(`POST ${CHAT} HTTP/1.1\r\nHost: x\r\nContent-Length: ${2 ** 40}\r\n\r\n${"x".repeat(1024)}`);
    await within("the stranger's end", once(socket, "close"));
    expect((await ask(`${gateway.url}${CHAT}`, BODY)).status).toBe(200);
    expect(gateway.requests()).toBe(1);
  });
});

describe("uses as a proxy that show the token", () => {
  it("are refused and recorded, a thousand at most", async () => {
    const { gateway, of, port, log } = await opened();
    const { username, password } = new URL(gateway.proxyUrl);
    const head = `CONNECT a.example:443 HTTP/1.1\r\nHost: x\r\n${basic(`${username}:${password}`)}\r\n\r\n`;
    for (let round = 0; round < 26; round += 1) {
      const answers = await Promise.all(Array.from({ length: 40 }, () => raw(port, head)));
      expect(new Set(answers.map((answer) => answer.slice(0, 12)))).toEqual(new Set(["HTTP/1.1 403"]));
    }
    expect(of("egress")).toHaveLength(1_000);
    expect((await log()).trimEnd().split("\n")).toHaveLength(1_000);
    expect(await log()).not.toContain(password);
  });
});

/** Two ends of one connection that no port leads to. */
const pair = (): readonly [Duplex, Duplex] => {
  const ends: Duplex[] = [];
  const end = (other: number): Duplex =>
    new Duplex({
      read: () => undefined,
      write: (chunk, _encoding, done) => {
        ends[other]?.push(chunk);
        done();
      },
      final: (done) => {
        ends[other]?.push(null);
        done();
      },
      destroy: (error, done) => {
        ends[other]?.push(null);
        done(error);
      },
    });
  const [one, two] = [end(1), end(0)];
  ends.push(one, two);
  return [one, two];
};

const overPair = async (accept: (socket: Duplex) => void, bytes: string): Promise<string> => {
  const [client, server] = pair();
  let text = "";
  client.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
  accept(server);
  client.write(bytes);
  await within("the end of the answer", once(client, "end"));
  return text;
};

describe("a gateway that is handed its sockets", () => {
  it("has no port of the host, and answers what is handed to it", async () => {
    const { gateway, port, of, log } = await opened({ listen: "handed" });
    expect(port).toBe(SANDBOX_PORT);
    const free = connect(port, "127.0.0.1");
    const [error] = await within("a refusal", once(free, "error"));
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
    const request = post(`/${TEST_TOKEN}${CHAT}`, BODY).replace("\r\n", "\r\nConnection: close\r\n");
    expect(await overPair(gateway.accept, request)).toMatch(/^HTTP\/1\.1 200 [^]*\[DONE\]/);
    expect(await overPair(gateway.accept, post(CHAT, BODY))).toMatch(/^HTTP\/1\.1 401 /);
    const proxy = basic(`stage6:${TEST_TOKEN}`);
    expect(await overPair(gateway.accept, `CONNECT a:443 HTTP/1.1\r\n${proxy}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 403 /,
    );
    expect([of("requested").length, of("egress").length]).toEqual([1, 1]);
    await gateway.close();
    expect((await log()).trimEnd().split("\n")).toHaveLength(2);
  });

  it("ends what was handed to it when it closes, and what shows nothing in time", async () => {
    const { gateway } = await opened({ listen: "handed", deadlines: { headersMs: 50 } });
    expect(await overPair(gateway.accept, "POST /")).toBe("");
    const [client, server] = pair();
    client.resume();
    gateway.accept(server);
    await within("close", gateway.close());
    expect(server.destroyed).toBe(true);
  });
});
