// Listens on a port of the loopback it was started in and hands the listening socket to its parent: listen.mjs <port>
// It stays until the parent disconnects: a message of a process that has ended may come after its end, or not at all.
import { createServer } from "node:net";
import process from "node:process";

const server = createServer();
process.once("disconnect", () => process.exit());
server.once("error", ({ code, message }) => process.send({ error: code ?? message }));
server.listen(Number(process.argv[2]), "127.0.0.1", () => process.send({ listening: true }, server));
