import { boundedText } from "./bounded-text.ts";

/** Target of an absolute-form request (RFC 9112 3.2.2) without credentials and query; null for any other form. */
export const proxyTarget = (requestTarget: string): string | null => {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(requestTarget)) return null;
  try {
    const url = new URL(requestTarget);
    return boundedText(`${url.protocol}//${url.host}${url.pathname}`, 1024);
  } catch {
    return boundedText(requestTarget.replace(/\/\/[^/]*@/, "//").replace(/[?#].*$/s, ""), 1024);
  }
};

/** Target of a CONNECT request (RFC 9112 3.2.3), without credentials. */
export const connectTarget = (requestTarget: string): string =>
  boundedText(requestTarget.replace(/^.*@/s, ""), 1024);
