import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { connectTarget, proxyTarget } from "./proxy-use.ts";

describe("proxyTarget", () => {
  it.each([
    ["/v1/responses", null],
    ["*", null],
    ["http://example.com/a?b=secret#c", "http://example.com/a"],
    ["HTTPS://user:secret@Example.com:8443/a", "https://example.com:8443/a"],
    ["http://user:secret@[bad/a?secret", "http://[bad/a"],
    ["http://127.0.0.1:1/v1/responses", "http://127.0.0.1:1/v1/responses"],
  ])("reads %s as %s", (target, expected) => expect(proxyTarget(target)).toBe(expected));

  it("is total and bounded", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((text) => `http://${text}`),
        ),
        (target) => {
          expect(proxyTarget(target)?.length ?? 0).toBeLessThanOrEqual(2_048);
          expect(connectTarget(target).length).toBeLessThanOrEqual(2_048);
        },
      ),
    );
  });
});
