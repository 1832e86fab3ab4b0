import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { createServer, type ListenOptions, type Server, type Socket } from "node:net";
import { networkInterfaces } from "node:os";

/** Listeners of the harness that the self-test's probes try to reach; each answers with the token. */
export interface Listeners {
  readonly tcpPort: number;
  /** The port that a sandbox has as its door, too. */
  readonly doorPort: number;
  readonly udp: { readonly address: string; readonly port: number };
  readonly close: () => Promise<void>;
}

/** Where the listeners with names of their own listen. */
export interface ListenerNames {
  readonly unixSocket: string;
  readonly abstractSocket: string;
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
    const door = await listen({ host: "127.0.0.1", port: 0 });
    await listen({ path: names.unixSocket });
    await listen({ path: `\0${names.abstractSocket}` });
    const udp = await openUdp(token);
    opened.push({ close: () => new Promise((resolve) => udp.close(() => resolve())) });
    return { tcpPort: portOf(tcp), doorPort: portOf(door), udp: udp.address(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Answers a connection with the token and ends it. */
export function answerWith(token: string): (socket: Socket) => void {
  return (socket) => {
    socket.on("error", () => undefined);
    socket.end(token);
    socket.resume();
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no port");
  return address.port;
}

function openServer(options: ListenOptions, token: string): Promise<Server> {
  const server = createServer(answerWith(token));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options, () => resolve(server));
  });
}

function openUdp(token: string): Promise<UdpSocket> {
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
