import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Deadlines, GatewayOptions } from "./gateway-options.ts";

/** Longest wait for connections to end at close, ms. */
const CLOSE_MS = 2_000;
/** Most connections that may be open without having shown the token; the oldest gives way, so that strangers cannot lock the trial out. */
const MAX_STRANGERS = 64;
/** Most connections that have shown the token. */
const MAX_KNOWN = 64;

/** What a gateway server does with what reaches it. */
export interface ServerHandlers {
  /** Status line's code for a request that does not show the token (401, as a proxy 407); null when it does. */
  readonly strange: (request: IncomingMessage) => 401 | 407 | null;
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  readonly onConnect: (request: IncomingMessage) => void;
}

/** A server: `port` on 127.0.0.1 or null when sockets are handed to `accept`; `close` ends every connection within two seconds. */
export interface GatewayServer {
  readonly port: number | null;
  accept(socket: Duplex): void;
  close(): Promise<void>;
}

const CLIENT_ERROR_STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};
const STRANGE_TEXT = {
  401: "401 Unauthorized",
  407: '407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="stage6"',
} as const;

const endWith = (socket: Duplex, status: string): void => {
  socket.on("error", () => undefined);
  if (socket.writable)
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
      socket.destroy(),
    );
  else socket.destroy();
};

/** Connections by what they have shown; one that shows nothing in time is ended. */
class Connections {
  readonly #known = new Set<Duplex>();
  readonly #strangers = new Map<Duplex, NodeJS.Timeout>();
  readonly #headersMs: number;

  constructor(headersMs: number) {
    this.#headersMs = headersMs;
  }

  add(socket: Duplex): void {
    const oldest = this.#strangers.keys().next();
    if (this.#strangers.size >= MAX_STRANGERS && oldest.done !== true) oldest.value.destroy();
    this.#strangers.set(
      socket,
      setTimeout(() => socket.destroy(), this.#headersMs),
    );
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#forget(socket);
      this.#known.delete(socket);
    });
  }

  /** The socket has shown the token; false when there are too many of those. */
  know(socket: Duplex): boolean {
    this.#forget(socket);
    if (this.#known.size >= MAX_KNOWN && !this.#known.has(socket)) return false;
    this.#known.add(socket);
    return true;
  }

  end(): void {
    for (const socket of [...this.#known, ...this.#strangers.keys()]) {
      this.#forget(socket);
      socket.destroy();
    }
  }

  #forget(socket: Duplex): void {
    clearTimeout(this.#strangers.get(socket));
    this.#strangers.delete(socket);
  }
}

const closing = (server: Server, connections: Connections): Promise<void> =>
  new Promise((resolve) => {
    const late = setTimeout(resolve, CLOSE_MS);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
    connections.end();
  });

const listening = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      server.off("error", reject);
      server.on("error", () => undefined);
      const address: AddressInfo | string | null = server.address();
      if (address === null || typeof address === "string") return reject(new Error("no port"));
      resolve(address.port);
    });
  });

/** Opens the server, on a free port of 127.0.0.1 or without any port; rejects with the system's error when it cannot. */
export const openGatewayServer = async (
  listen: GatewayOptions["listen"],
  { headersMs, requestMs }: Pick<Deadlines, "headersMs" | "requestMs">,
  handlers: ServerHandlers,
): Promise<GatewayServer> => {
  const connections = new Connections(headersMs);
  const server = createServer({
    headersTimeout: Math.min(headersMs, requestMs),
    requestTimeout: requestMs,
    connectionsCheckingInterval: 5_000,
    // A kept connection that is closed just as the client uses it again would look like a fault.
    keepAliveTimeout: 600_000,
    maxHeaderSize: 65_536,
  });
  server.on("connection", (socket) => connections.add(socket));
  server.on("request", (request, response) => {
    const strange = handlers.strange(request);
    if (strange !== null) return endWith(request.socket, STRANGE_TEXT[strange]);
    if (!connections.know(request.socket)) return void request.socket.destroy();
    handlers.onRequest(request, response);
  });
  server.on("connect", (request: IncomingMessage, socket: Duplex) => {
    const strange = handlers.strange(request);
    if (strange !== null) return endWith(socket, STRANGE_TEXT[strange]);
    handlers.onConnect(request);
    endWith(socket, "403 Forbidden");
  });
  // What never became a request shows no token, so the trial's evidence holds nothing of it.
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) =>
    endWith(socket, CLIENT_ERROR_STATUS[error.code ?? ""] ?? "400 Bad Request"),
  );
  const port = listen === "loopback" ? await listening(server) : null;
  return {
    port,
    accept: (socket) => void server.emit("connection", socket),
    close: () => closing(server, connections),
  };
};
