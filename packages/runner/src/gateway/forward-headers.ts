import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { Upstream } from "./gateway-options.ts";

/** Headers of one connection only (RFC 9110 7.6.1), and those that the gateway sets itself. */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Credentials and account names of the client; the gateway alone decides whose key is used. */
const CLIENT_IDENTITY = [
  "authorization",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "cookie",
  "openai-organization",
  "openai-project",
];

const without = (headers: IncomingHttpHeaders, names: readonly string[]): OutgoingHttpHeaders => {
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  const dropped = new Set([...HOP_BY_HOP, ...names, ...named]);
  return Object.fromEntries(
    Object.entries(headers).filter(([name, value]) => value !== undefined && !dropped.has(name)),
  );
};

/** Headers for the upstream: the client's without identity and hop-by-hop ones, the body's true length, the key when there is one. */
export const upstreamHeaders = (
  headers: IncomingHttpHeaders,
  bodyBytes: number,
  apiKey: Upstream["apiKey"],
): OutgoingHttpHeaders => ({
  ...without(headers, [...CLIENT_IDENTITY, "host", "expect", "content-length", "accept-encoding"]),
  // A compressed answer could not be watched.
  "accept-encoding": "identity",
  ...(bodyBytes > 0 ? { "content-length": String(bodyBytes) } : {}),
  ...(apiKey === undefined ? {} : { [apiKey.header.toLowerCase()]: apiKey.value }),
});

/** Headers for the client: the upstream's without hop-by-hop ones and cookies. */
export const clientHeaders = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
  without(headers, ["set-cookie", "alt-svc"]);
