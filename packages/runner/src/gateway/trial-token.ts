import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Fewest characters of a token: 22 of base64url are 132 bits. */
const FORM = /^[A-Za-z0-9_-]{22,128}$/;

/** Name before the token in the proxy URL's credentials. */
const PROXY_USER = "stage6";

/** A new secret of one trial: 192 random bits as 32 characters of base64url. */
export const newTrialToken = (): string => randomBytes(24).toString("base64url");

/** Whether a text may be a token: 22 to 128 characters of base64url. */
export const isTrialToken = (text: string): boolean => FORM.test(text);

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Compares in a time that says nothing about where two texts differ, nor about their lengths. */
const same = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));

/** The request target behind `/<token>`; null when the target does not begin with this very token. */
export const behindToken = (target: string, token: string): string | null => {
  const end = target.indexOf("/", 1);
  return end > 0 && target.startsWith("/") && same(target.slice(1, end), token) ? target.slice(end) : null;
};

/** Whether a `Proxy-Authorization` header (RFC 7617) names this token. */
export const namesToken = (header: string | undefined, token: string): boolean => {
  const credentials = /^basic +([A-Za-z0-9+/]{1,512}={0,2}) *$/i.exec(header ?? "")?.[1] ?? "";
  return same(Buffer.from(credentials, "base64").toString("latin1"), `${PROXY_USER}:${token}`);
};

/** `origin` as a proxy URL that carries the token: clients send it with each use of the proxy. */
export const proxyUrl = (origin: string, token: string): string => {
  const { protocol, host } = new URL(origin);
  return `${protocol}//${PROXY_USER}:${token}@${host}`;
};
