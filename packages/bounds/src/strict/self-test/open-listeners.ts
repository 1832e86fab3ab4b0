import { createSocket, type Socket } from "node:dgram";
import { createServer, type ListenOptions, type Server } from "node:net";
import { networkInterfaces } from "node:os";

/** Listeners of the harness that the self-test's probes try to reach; each answers with the token. */
export interface Listeners {
  readonly tcpPort: number;
  readonly udp: { readonly address: string; readonly port: number };
  readonly close: () => Promise<void>;
}

/** Where the listeners with names of their own listen. */
export interface ListenerNames {
  readonly unixSocket: string;
  readonly abstractSocket: string;
  /** The socket behind the bridge, the one that is in the view. */
  readonly bridgeSocket: string;
}

/** Opens every listener; the UDP one on an address of this host that is not its loopback, as far as it has one. */
export async function openListeners(names: ListenerNames, token: string): Promise<Listeners> {
  const opened: { readonly close: () => Promise<void> }[] = [];
  const close = async (): Promise<void> => void (await Promise.all(opened.map((one) => one.close())));
  const listen = async (options: ListenOptions): Promise<Server> => {
    const server = await openServer(options, token);
    opened.push({ close: () => new Promise((resolve) => server.close(() => resolve())) });
    return server;
  };
  try {
    const tcp = await listen({ host: "127.0.0.1", port: 0 });
    await listen({ path: names.unixSocket });
    await listen({ path: `\0${names.abstractSocket}` });
    await listen({ path: names.bridgeSocket });
    const udp = await openUdp(token);
    opened.push({ close: () => new Promise((resolve) => udp.close(() => resolve())) });
    const address = tcp.address();
    if (address === null || typeof address === "string") throw new TypeError("no port");
    return { tcpPort: address.port, udp: udp.address(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function openServer(options: ListenOptions, token: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.end(token);
    socket.resume();
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options, () => resolve(server));
  });
}

function openUdp(token: string): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.on("message", (_message, from) => socket.send(token, from.port, from.address, () => undefined));
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, outsideAddress(), () => resolve(socket));
  });
}

function outsideAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";
}
