import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** Longest time for the headers of a request, ms. */
const HEADERS_MS = 20_000;
/** Longest time for a whole request, ms. */
const REQUEST_MS = 120_000;
/** Longest wait for connections to end at close, ms. */
const CLOSE_MS = 2_000;

/** What a gateway server does with what reaches it. */
export interface ServerHandlers {
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  readonly onConnect: (request: IncomingMessage) => void;
  /** A connection that sent no HTTP request; `code` is Node's error code. */
  readonly onClientError: (code: string) => void;
}

/** A listening server: `port` on 127.0.0.1, `close` ends every connection within two seconds. */
export interface GatewayServer {
  readonly port: number;
  close(): Promise<void>;
}

const CLIENT_ERROR_STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

const endWith = (socket: Duplex, status: string): void => {
  socket.on("error", () => undefined);
  if (socket.writable)
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
      socket.destroy(),
    );
  else socket.destroy();
};

const closing = (server: Server, sockets: ReadonlySet<Duplex>): Promise<void> =>
  new Promise((resolve) => {
    const late = setTimeout(resolve, CLOSE_MS);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
    for (const socket of sockets) socket.destroy();
  });

/** Listens on a free port of 127.0.0.1; rejects with the system's error when it cannot. */
export const openGatewayServer = (handlers: ServerHandlers): Promise<GatewayServer> => {
  const sockets = new Set<Duplex>();
  const server = createServer({
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: 5_000,
    // A kept connection that is closed just as the client uses it again would look like a fault.
    keepAliveTimeout: 600_000,
    maxHeaderSize: 65_536,
  });
  server.maxConnections = 64;
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("request", handlers.onRequest);
  server.on("connect", (request: IncomingMessage, socket: Duplex) => {
    handlers.onConnect(request);
    endWith(socket, "403 Forbidden");
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    const code = error.code ?? "UNKNOWN";
    // A client that left is seen where its request is read.
    if (code !== "ECONNRESET") handlers.onClientError(code);
    endWith(socket, CLIENT_ERROR_STATUS[code] ?? "400 Bad Request");
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      server.off("error", reject);
      server.on("error", (error: NodeJS.ErrnoException) => handlers.onClientError(error.code ?? "UNKNOWN"));
      const address: AddressInfo | string | null = server.address();
      if (address === null || typeof address === "string") return reject(new Error("no port"));
      resolve({ port: address.port, close: () => closing(server, sockets) });
    });
  });
};
