// Listens on a port of the loopback it was started in and hands the listening socket to its parent: listen.mjs <port>
import { createServer } from "node:net";
import process from "node:process";

const server = createServer();
server.once("error", ({ code, message }) => process.send({ error: code ?? message }, () => process.exit(1)));
server.listen(Number(process.argv[2]), "127.0.0.1", () => {
  process.send({ listening: true }, server, () => {
    server.close();
    process.disconnect();
  });
});
