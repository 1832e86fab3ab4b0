import {
  validateHeaderName,
  validateHeaderValue,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AnswerWriter } from "./answer-writer.ts";
import { boundedText } from "./bounded-text.ts";
import type { GatewayEvent } from "./gateway-event.ts";
import type { GatewayOptions } from "./gateway-options.ts";
import { openGatewayServer } from "./gateway-server.ts";
import { handleRequest, type RequestContext } from "./handle-request.ts";
import { connectTarget, proxyTarget } from "./proxy-use.ts";
import { bodyReader } from "./read-body.ts";
import { openRequestLog } from "./request-log.ts";

/** A running model gateway. */
export interface Gateway {
  /** Base URL for a lane, without `/v1` and trailing slash; carries the token when there is one. */
  readonly url: string;
  /** Monotonic time of the last byte in either direction, microseconds of the given clock; the start before the first. */
  lastActivity(): number;
  /** Number of requests so far, refused ones included. */
  requests(): number;
  /** Aborted when a request beyond `maxRequests` arrives. */
  readonly limit: AbortSignal;
  /** Ends all connections (their answers end as `unanswered`) and the log, within two seconds; rejects only with what `onEvent` or `faults` threw. */
  close(): Promise<void>;
}

const assertUsable = ({ upstream, token }: GatewayOptions): void => {
  const { protocol } = new URL(upstream.url);
  if (protocol !== "http:" && protocol !== "https:") throw new TypeError(`upstream protocol ${protocol}`);
  if (token !== undefined && !/^[A-Za-z0-9_-]{1,128}$/.test(token))
    throw new TypeError("token is not [A-Za-z0-9_-]{1,128}");
  if (upstream.apiKey === undefined) return;
  validateHeaderName(upstream.apiKey.header);
  validateHeaderValue(upstream.apiKey.header, upstream.apiKey.value);
};

/**
 * Starts the gateway on a free port of 127.0.0.1. Every model request of a trial passes through it and is reported, logged and
 * forwarded, refused or spoiled. Rejects when an option is unusable or a log cannot be opened; afterwards no client can make it throw.
 */
export const startGateway = async (options: GatewayOptions): Promise<Gateway> => {
  assertUsable(options);
  const { clock } = options;
  const limit = new AbortController();
  let last = clock.mono();
  let count = 0;
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
  const at = (): string => new Date(clock.now()).toISOString();
  const egress = (method: string, target: string): void => {
    log.write({ kind: "egress", at: at(), method, target });
    emit({ kind: "egress", method, target });
  };
  const open = new Set<AnswerWriter>();
  const context: RequestContext = {
    options,
    log,
    emit,
    onActivity,
    open,
    readBody: bodyReader(onActivity),
    nextNumber: () => (count += 1),
    onLimit: () => limit.abort(),
  };
  const busy = new Set<Promise<void>>();

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const target = proxyTarget(request.url ?? "");
    if (target !== null) {
      egress(boundedText(request.method ?? "", 64), target);
      request.resume();
      response.writeHead(403, { connection: "close" }).end();
      return;
    }
    const handled = handleRequest(context, request, response)
      .catch((error: unknown) => {
        thrown ??= { error };
        response.destroy();
      })
      .finally(() => busy.delete(handled));
    busy.add(handled);
  };

  const server = await openGatewayServer({
    onRequest,
    onConnect: (request) => egress("CONNECT", connectTarget(request.url ?? "")),
    onClientError: (code) => log.write({ kind: "client-error", at: at(), code }),
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
  const path = options.token === undefined ? "" : `/${options.token}`;
  return {
    url: `http://127.0.0.1:${server.port}${path}`,
    lastActivity: () => last,
    requests: () => count,
    limit: limit.signal,
    close: () => (closed ??= close()),
  };
};
