import {
  validateHeaderName,
  validateHeaderValue,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { Duplex } from "node:stream";
import type { AnswerWriter } from "./answer-writer.ts";
import { boundedText } from "./bounded-text.ts";
import type { GatewayEvent } from "./gateway-event.ts";
import { DEADLINES, SANDBOX_PORT, type GatewayOptions } from "./gateway-options.ts";
import { openGatewayServer } from "./gateway-server.ts";
import { handleRequest, type RequestContext } from "./handle-request.ts";
import { connectTarget, proxyTarget } from "./proxy-use.ts";
import { bodyReader } from "./read-body.ts";
import { openRequestLog } from "./request-log.ts";
import { behindToken, isTrialToken, namesToken, proxyUrl } from "./trial-token.ts";

/** Most uses as a proxy, and most requests beyond the limit, that become evidence: no client can fill it. */
const MAX_RECORDED = 1_000;

/** A running model gateway. */
export interface Gateway {
  /** Base URL for a lane, without `/v1` and trailing slash; carries the token. */
  readonly url: string;
  /** The same gateway as a proxy that refuses and records every use; the URL carries the token. */
  readonly proxyUrl: string;
  /** Takes a connection of the trial, whatever carries its bytes. */
  readonly accept: (socket: Duplex) => void;
  /** Monotonic time of the last byte in either direction, microseconds of the given clock; the start before the first. */
  lastActivity(): number;
  /** Number of requests so far, refused ones included; those without the token are none. */
  requests(): number;
  /** Aborted when a request beyond `maxRequests` arrives. */
  readonly limit: AbortSignal;
  /** Ends all connections (their answers end as `unanswered`) and the log, within two seconds; rejects only with what `onEvent` or `faults` threw. */
  close(): Promise<void>;
}

const assertUsable = ({ upstream, token }: GatewayOptions): void => {
  const { protocol } = new URL(upstream.url);
  if (protocol !== "http:" && protocol !== "https:") throw new TypeError(`upstream protocol ${protocol}`);
  if (!isTrialToken(token)) throw new TypeError("token is not 22 to 128 characters of base64url");
  if (upstream.apiKey === undefined) return;
  validateHeaderName(upstream.apiKey.header);
  validateHeaderValue(upstream.apiKey.header, upstream.apiKey.value);
};

/**
 * Starts the gateway. Every model request of a trial passes through it and is reported, logged and forwarded, refused or
 * spoiled; what does not show the trial's token gets 401 and leaves nothing. Rejects when an option is unusable or a log
 * cannot be opened; afterwards no client can make it throw.
 */
export const startGateway = async (options: GatewayOptions): Promise<Gateway> => {
  assertUsable(options);
  const { clock, token } = options;
  const deadlines = { ...DEADLINES, ...options.deadlines };
  const limit = new AbortController();
  let last = clock.mono();
  let count = 0;
  let proxied = 0;
  let thrown: { readonly error: unknown } | null = null;
  const onActivity = (): void => {
    last = clock.mono();
  };
  const emit = (event: GatewayEvent): void => {
    try {
      options.onEvent(event);
    } catch (error) {
      thrown ??= { error };
    }
  };
  const log = openRequestLog(options.logFile, options.bodyFile, (message) =>
    emit({ kind: "log-failed", message }),
  );
  const egress = (method: string, target: string): void => {
    proxied += 1;
    if (proxied > MAX_RECORDED) return;
    log.write({ kind: "egress", at: new Date(clock.now()).toISOString(), method, target });
    emit({ kind: "egress", method, target });
  };
  const open = new Set<AnswerWriter>();
  const context: RequestContext = {
    options,
    deadlines,
    log,
    emit,
    onActivity,
    open,
    readBody: bodyReader(onActivity, deadlines.requestMs),
    nextNumber: () => (count += 1),
    onLimit: () => limit.abort(),
  };
  const busy = new Set<Promise<void>>();

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const proxy = proxyTarget(request.url ?? "");
    if (proxy !== null) {
      egress(boundedText(request.method ?? "", 64), proxy);
      request.resume();
      response.writeHead(403, { connection: "close" }).end();
      return;
    }
    const target = behindToken(request.url ?? "", token);
    if (target === null || count >= options.maxRequests + MAX_RECORDED) return void response.destroy();
    const handled = handleRequest(context, target, request, response)
      .catch((error: unknown) => {
        thrown ??= { error };
        response.destroy();
      })
      .finally(() => busy.delete(handled));
    busy.add(handled);
  };
  const strange = ({ method, url, headers }: IncomingMessage): 401 | 407 | null => {
    const target = url ?? "";
    if (method === "CONNECT" || proxyTarget(target) !== null)
      return namesToken(headers["proxy-authorization"], token) ? null : 407;
    return behindToken(target, token) === null ? 401 : null;
  };

  const server = await openGatewayServer(options.listen, deadlines, {
    strange,
    onRequest,
    onConnect: (request) => egress("CONNECT", connectTarget(request.url ?? "")),
  }).catch((error: unknown) => {
    log.close();
    throw error;
  });

  const close = async (): Promise<void> => {
    await server.close();
    // Requests that were cut while they were read are told here.
    await Promise.all(busy);
    for (const writer of open) writer.abandon();
    log.close();
    if (thrown !== null) throw thrown.error;
  };
  let closed: Promise<void> | null = null;
  const origin = `http://127.0.0.1:${server.port ?? SANDBOX_PORT}`;
  return {
    url: `${origin}/${token}`,
    proxyUrl: proxyUrl(origin, token),
    accept: (socket) => server.accept(socket),
    lastActivity: () => last,
    requests: () => count,
    limit: limit.signal,
    close: () => (closed ??= close()),
  };
};
