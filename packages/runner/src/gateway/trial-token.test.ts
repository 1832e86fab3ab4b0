import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { behindToken, isTrialToken, namesToken, newTrialToken, proxyUrl } from "./trial-token.ts";

const TOKEN = newTrialToken();
const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;

describe("a trial's token", () => {
  it("is random, of at least 128 bits", () => {
    const tokens = new Set(Array.from({ length: 1_000 }, newTrialToken));
    expect(tokens.size).toBe(1_000);
    for (const token of tokens) expect([isTrialToken(token), token.length]).toEqual([true, 32]);
    for (const text of ["", "short", "a".repeat(21), `${"a".repeat(21)}/`, "a".repeat(129)])
      expect(isTrialToken(text)).toBe(false);
  });

  it("opens the path behind it and no other", () => {
    expect(behindToken(`/${TOKEN}/v1/models?a`, TOKEN)).toBe("/v1/models?a");
    for (const target of [
      "/v1/models",
      `/${TOKEN}`,
      `//${TOKEN}/v1/models`,
      `/${TOKEN}x/v1`,
      `/${TOKEN.slice(1)}/v1`,
      `/${TOKEN.toLowerCase()}/v1`,
      `/%${TOKEN.charCodeAt(0).toString(16)}${TOKEN.slice(1)}/v1`,
      `/v1/../${TOKEN}/v1/models`,
      `${TOKEN}/v1`,
      "/",
      "//",
      "*",
      "",
    ])
      expect([target, behindToken(target, TOKEN)]).toEqual([target, null]);
  });

  it("opens the proxy as the credentials of its URL", () => {
    const { username, password, host } = new URL(proxyUrl("http://127.0.0.1:4711", TOKEN));
    expect([username, password, host]).toEqual(["stage6", TOKEN, "127.0.0.1:4711"]);
    expect(namesToken(basic(`stage6:${TOKEN}`), TOKEN)).toBe(true);
    expect(namesToken(basic(`stage6:${TOKEN}`).replace("Basic", "basic "), TOKEN)).toBe(true);
    for (const header of [
      undefined,
      "",
      TOKEN,
      `Bearer ${TOKEN}`,
      basic(TOKEN),
      basic(`:${TOKEN}`),
      basic(`stage6:${TOKEN} `),
      basic(`other:${TOKEN}`),
      basic("stage6:"),
    ])
      expect([header, namesToken(header, TOKEN)]).toEqual([header, false]);
  });

  it("is never taken from any other text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(behindToken(text, TOKEN)).toBeNull();
        expect(namesToken(text, TOKEN)).toBe(false);
        expect(namesToken(basic(text), TOKEN)).toBe(false);
      }),
    );
  });
});
