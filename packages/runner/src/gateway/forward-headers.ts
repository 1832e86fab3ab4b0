import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { keySecrets, maskText } from "./answer-mask.ts";
import type { Upstream } from "./gateway-options.ts";

/** The client's headers that an upstream gets, with the values they may have. All others could choose an account or a feature of the provider. */
const TO_UPSTREAM: Readonly<Record<string, RegExp>> = {
  accept: /^[\w!#$&^.+*/;=, -]{1,256}$/,
  "anthropic-version": /^\d{4}-\d{2}-\d{2}$/,
  "user-agent": /^[\x20-\x7e]{1,256}$/,
};

/** The upstream's headers that a client gets: what the body is, and when to ask again. */
const TO_CLIENT =
  /^(content-type|content-length|date|retry-after|retry-after-ms|x-should-retry|request-id|x-request-id|(x|anthropic)-ratelimit-[a-z-]+)$/;

/** Headers for the upstream: the few of the client's that are known, the body's type and true length, the key when there is one. */
export const upstreamHeaders = (
  headers: IncomingHttpHeaders,
  bodyBytes: number,
  apiKey: Upstream["apiKey"],
): OutgoingHttpHeaders => ({
  ...Object.fromEntries(
    Object.entries(TO_UPSTREAM).flatMap(([name, form]) => {
      const value = headers[name];
      return typeof value === "string" && form.test(value) ? [[name, value]] : [];
    }),
  ),
  // A compressed answer could not be watched.
  "accept-encoding": "identity",
  ...(bodyBytes > 0 ? { "content-type": "application/json", "content-length": String(bodyBytes) } : {}),
  ...(apiKey === undefined ? {} : { [apiKey.header.toLowerCase()]: apiKey.value }),
});

/** Headers for the client: the few of the upstream's that say what the answer is, with the key hidden. */
export const clientHeaders = (
  headers: IncomingHttpHeaders,
  apiKey: Upstream["apiKey"],
): OutgoingHttpHeaders =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === "string" && TO_CLIENT.test(name)
        ? [[name, maskText(value, apiKey === undefined ? [] : keySecrets(apiKey.value))]]
        : [],
    ),
  );
