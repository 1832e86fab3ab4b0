import { once } from "node:events";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Lane } from "@stage6/lane-contract";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { locateBackend } from "./locate-backend.ts";

const NODE = "node-here/bin/node";
const lane = (nodes: readonly string[] = [NODE]): Lane => ({
  id: "tool",
  contractVersion: 1,
  adapterVersion: "0.0.0",
  modelClass: "model",
  backend: {
    kind: "npm-node",
    folder: "tool",
    manifest: "tool/package.json",
    program: (text) => {
      const value: unknown = JSON.parse(text);
      if (typeof value !== "object" || value === null || !("bin" in value) || !("node" in value)) return null;
      return { script: String(value.bin), minimumNode: String(value.node) };
    },
    nodes: () => nodes,
  },
  probe: { args: [], read: () => ({ state: "available", version: "1.0.0", note: null }) },
  plan: () => {
    throw new Error("never planned here");
  },
  translator: () => ({ push: () => [], end: () => [] }),
  toolCall: () => null,
  testedVersions: [],
});

let root = "";
let parent = "";
const modules = () => join(parent, "backends", "tool", "node_modules");
const places = (configured: string | null = null) => ({ configured, backendsDir: join(parent, "backends") });
const put = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
};
const install = async (minimum = "18.0.0"): Promise<void> => {
  await put(join(modules(), "tool/package.json"), JSON.stringify({ bin: "dist/cli.js", node: minimum }));
  await put(join(modules(), "tool/dist/cli.js"), "import './chunk.js';\n");
  await put(join(modules(), "tool/dist/chunk.js"), "1;\n");
};
const installNode = () => put(join(modules(), NODE), "a node\n");

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "stage6-node-program-")));
});
beforeEach(async () => {
  parent = await mkdtemp(join(root, "case-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("a program runs on the Node that lies beside it", async () => {
  await install("99.0.0");
  await installNode();
  expect(await locateBackend(lane(), places())).toMatchObject({
    ok: true,
    backend: {
      executable: join(modules(), NODE),
      args: [join(modules(), "tool/dist/cli.js")],
      source: "backends-folder",
    },
  });
});

test("without a Node of its own it runs on the harness's, if that is new enough", async () => {
  await install("18.0.0");
  expect(await locateBackend(lane(), places())).toMatchObject({
    ok: true,
    backend: { executable: process.execPath },
  });
  await put(join(modules(), "tool/package.json"), JSON.stringify({ bin: "dist/cli.js", node: "99.0.0" }));
  expect(await locateBackend(lane(), places())).toMatchObject({ ok: false, code: "VERSION_UNSUPPORTED" });
});

test("the digest changes with the Node, with any file of the program and with no other", async () => {
  await install();
  await installNode();
  const digest = async (): Promise<string> => {
    const found = await locateBackend(lane(), places());
    return found.ok ? found.backend.sha256 : found.code;
  };
  const first = await digest();
  await put(join(modules(), "other/index.js"), "2;\n");
  expect(await digest()).toBe(first);
  await put(join(modules(), "tool/dist/chunk.js"), "2;\n");
  const second = await digest();
  await put(join(modules(), NODE), "another node\n");
  const third = await digest();
  await symlink("chunk.js", join(modules(), "tool/dist/link.js"));
  expect(new Set([first, second, third, await digest()]).size).toBe(4);
  expect(first).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test("a script outside the backends folder is not followed", async () => {
  await install();
  await put(join(parent, "evil.js"), "1;\n");
  await put(
    join(modules(), "tool/package.json"),
    JSON.stringify({ bin: "../../../../evil.js", node: "18.0.0" }),
  );
  expect(await locateBackend(lane(), places())).toMatchObject({ ok: false, code: "BACKEND_MISSING" });
});

test("nothing installed, and no platform, are said as such", async () => {
  expect(await locateBackend(lane(), places())).toMatchObject({
    code: "BACKEND_MISSING",
    remedy: "stage6 backends install tool",
  });
  expect(await locateBackend(lane([]), places())).toMatchObject({ code: "PLATFORM_UNSUPPORTED" });
});

test("a configured script is described by the package around it, links followed", async () => {
  await install();
  await installNode();
  await symlink(join(modules(), "tool/dist/cli.js"), join(parent, "tool"));
  const own = await locateBackend(lane(), places(join(parent, "tool")));
  const installed = await locateBackend(lane(), places());
  expect(own).toMatchObject({ ok: true, backend: { source: "config" } });
  expect(own.ok && installed.ok && own.backend.sha256 === installed.backend.sha256).toBe(true);
});

test("a configured script without a package is itself alone, on the harness's Node", async () => {
  await put(join(parent, "script.js"), "1;\n");
  const before = await locateBackend(lane(), places(join(parent, "script.js")));
  await put(join(parent, "neighbour.js"), "1;\n");
  expect(before).toMatchObject({ ok: true, backend: { executable: process.execPath } });
  expect(await locateBackend(lane(), places(join(parent, "script.js")))).toEqual(before);
});

test("a configured script that is not there is missing", async () => {
  expect(await locateBackend(lane(), places(join(parent, "none.js")))).toMatchObject({
    code: "BACKEND_MISSING",
  });
});

test("a program that holds something else than files is said to be unreadable", async () => {
  await install();
  const socket = createServer().listen(join(modules(), "tool/dist/socket"));
  try {
    await once(socket, "listening", { signal: AbortSignal.timeout(10_000) });
    expect(await locateBackend(lane(), places())).toMatchObject({ code: "BACKEND_UNREADABLE" });
  } finally {
    socket.close();
  }
});
