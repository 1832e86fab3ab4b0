import { expect, test } from "vitest";
import { entrypoint, manifests } from "./backend.ts";

test("names the native package of each supported platform", () => {
  expect(manifests("linux", "x64")).toEqual([
    "@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/codex-package.json",
    "@openai/codex-linux-x64/package.json",
  ]);
  expect(manifests("linux", "arm64")[0]).toContain("aarch64-unknown-linux-musl");
  expect(manifests("darwin", "x64")[0]).toContain("x86_64-apple-darwin");
  expect(manifests("darwin", "arm64")[0]).toContain("aarch64-apple-darwin");
});

test.each([
  ["win32", "x64"],
  ["linux", "ia32"],
  ["freebsd", "x64"],
])("knows nothing for %s %s", (platform, arch) => {
  expect(manifests(platform, arch)).toEqual([]);
});

test("reads the entrypoint of the new layout", () => {
  expect(entrypoint('{"layoutVersion":1,"version":"0.169.0","entrypoint":"bin/codex"}')).toBe("bin/codex");
});

test("finds the binary of the old layout by the package's platform version", () => {
  expect(entrypoint('{"name":"@openai/codex","version":"0.104.0-linux-x64"}')).toBe(
    "vendor/x86_64-unknown-linux-musl/codex/codex",
  );
  expect(entrypoint('{"name":"@openai/codex","version":"0.125.0-darwin-arm64"}')).toBe(
    "vendor/aarch64-apple-darwin/codex/codex",
  );
});

test.each([
  "",
  "{",
  "[]",
  "null",
  '"bin/codex"',
  "{}",
  '{"entrypoint":null}',
  '{"entrypoint":""}',
  '{"entrypoint":"/bin/sh"}',
  '{"entrypoint":"../codex"}',
  '{"entrypoint":"bin/../../codex"}',
  '{"entrypoint":"./codex"}',
  '{"entrypoint":"bin//codex"}',
  '{"entrypoint":"bin\\\\codex"}',
  '{"entrypoint":"bin/co dex"}',
  '{"entrypoint":"bin/codex\\n"}',
  '{"name":"@openai/codex","version":"0.104.0"}',
  '{"name":"@openai/codex","version":"0.104.0-win32-x64"}',
  '{"name":"other","version":"0.104.0-linux-x64"}',
])("refuses the manifest %s", (text) => {
  expect(entrypoint(text)).toBeNull();
});
