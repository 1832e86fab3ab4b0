import { connect, createServer, type Server, type Socket } from "node:net";
import { BoundsError } from "../bounds-error.ts";
import type { Door } from "./strict-profile.ts";

/** Longest path that fits into a socket address on Linux, in bytes. */
const MAX_SOCKET_PATH = 107;
const CLOSE_MS = 2000;

/** The harness's end of a door. */
export interface OpenDoor {
  readonly close: () => Promise<void>;
}

/**
 * Listens on the door's socket and pipes each connection to the same port of the harness's own loopback, where the model
 * gateway is. Nothing else of the host can be reached through it. Throws {@link BoundsError} `STRICT_NOT_STARTED`.
 */
export function openDoor({ port, socket }: Door): Promise<OpenDoor> {
  if (Buffer.byteLength(socket) > MAX_SOCKET_PATH)
    throw new BoundsError("STRICT_NOT_STARTED", `the path of the model socket is too long: ${socket}`);
  const open = new Set<Socket>();
  const keep = (one: Socket, other: Socket): void => {
    open.add(one);
    one.on("error", () => other.destroy());
    one.on("close", () => {
      open.delete(one);
      // A side that ended in order has handed its end on already; what the other still has to send is not cut.
      if (!one.readableEnded || !one.writableFinished) other.destroy();
    });
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const gateway = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    keep(client, gateway);
    keep(gateway, client);
    client.pipe(gateway);
    gateway.pipe(client);
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(new BoundsError("STRICT_NOT_STARTED", "cannot listen on the model socket", error)),
    );
    server.listen(socket, () => resolve({ close: () => closeAll(server, open) }));
  });
}

function closeAll(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, CLOSE_MS);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
    for (const socket of open) socket.destroy();
  });
}
