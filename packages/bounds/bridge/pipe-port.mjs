// Listens on a port of the sandbox's own loopback and pipes each connection to a unix socket of the harness.
import { connect, createServer } from "node:net";

/** Resolves with the server once it listens; port 0 takes a free one. */
export function pipePort(port, socketPath) {
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const harness = connect({ path: socketPath, allowHalfOpen: true });
    const end = () => {
      client.destroy();
      harness.destroy();
    };
    client.on("error", end);
    harness.on("error", end);
    client.pipe(harness);
    harness.pipe(client);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
