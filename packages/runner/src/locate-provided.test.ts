import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "@stage6/evidence-interface";
import type { Lane } from "@stage6/lane-contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { locateBackend } from "./locate-backend.ts";
import { stubLane } from "./testing/stub-lane.ts";
import { makeTempFolder, removeTempFolder } from "./testing/temp-folder.ts";
import { writeFiles } from "./testing/trial-root.ts";

let folder: string;
let lane: Lane;
beforeEach(() => {
  folder = makeTempFolder();
  lane = {
    ...stubLane(folder, ""),
    backend: {
      kind: "provided",
      variables: { binary: "OWN_BINARY", checkout: "OWN_CHECKOUT", runtime: "OWN_RUNTIME" },
      checkout: {
        entry: "src/main.ts",
        obtain: "fetch it",
        runtime: "runtime",
        obtainRuntime: () => ({ command: "get it", program: "got/runtime" }),
        dependencies: "modules",
        install: "install it",
        notSource: ["modules", ".git"],
      },
    },
  };
});
afterEach(() => removeTempFolder(folder));

const at = (path: string): string => join(folder, path);
const locate = (env: Readonly<Record<string, string>>, configured: string | null = null) =>
  locateBackend(lane, { configured, backendsDir: at("backends"), env });
const CHECKOUT = { "tree/src/main.ts": "main", "tree/modules/a.js": "a", runtime: "runtime" };
const named = () => ({ OWN_CHECKOUT: at("tree"), OWN_RUNTIME: at("runtime") });
async function digest(): Promise<string> {
  const located = await locate(named());
  if (!located.ok) throw new Error(located.detail);
  return located.backend.sha256;
}

describe("a backend that only the operator can provide", () => {
  it("is missing without a word about it, and the next step is one command that goes the whole way", async () => {
    expect(await locate({})).toMatchObject({
      ok: false,
      code: "SOURCE_MISSING",
      detail: expect.stringContaining("neither OWN_BINARY nor OWN_CHECKOUT is set"),
      remedy:
        'fetch it && export OWN_CHECKOUT="$PWD/stub" && get it && export OWN_RUNTIME="$PWD/got/runtime" && (cd "$OWN_CHECKOUT" && "$OWN_RUNTIME" install it)',
    });
    expect(await locate({ OWN_RUNTIME: at("runtime") })).toMatchObject({
      remedy:
        'fetch it && export OWN_CHECKOUT="$PWD/stub" && (cd "$OWN_CHECKOUT" && "$OWN_RUNTIME" install it)',
    });
  });

  it("is never looked for on PATH", async () => {
    writeFiles(folder, { "bin/stub": "binary", "bin/ca": "binary" });
    expect(await locate({ PATH: at("bin") })).toMatchObject({ code: "SOURCE_MISSING" });
  });

  it("is a binary by its variable, before a checkout", async () => {
    writeFiles(folder, { ...CHECKOUT, binary: "binary" });
    expect(await locate({ ...named(), OWN_BINARY: at("binary") })).toEqual({
      ok: true,
      backend: {
        executable: at("binary"),
        args: [],
        sha256: sha256("binary"),
        installation: [at("binary")],
        source: "environment",
      },
    });
  });

  it("is a checkout and its runtime by their variables", async () => {
    writeFiles(folder, CHECKOUT);
    expect(await locate(named())).toMatchObject({
      ok: true,
      backend: {
        executable: at("runtime"),
        args: [at("tree/src/main.ts")],
        installation: [at("tree"), at("runtime")],
        source: "environment",
      },
    });
  });

  it("is what the configuration names, before every variable: a file a binary, a folder a checkout", async () => {
    writeFiles(folder, { ...CHECKOUT, binary: "binary", other: "other" });
    const env = { OWN_BINARY: at("other"), OWN_RUNTIME: at("runtime") };
    expect(await locate(env, at("binary"))).toMatchObject({
      backend: { executable: at("binary"), source: "config" },
    });
    expect(await locate(env, at("tree"))).toMatchObject({
      backend: { executable: at("runtime"), source: "config" },
    });
  });

  it.each([
    ["a binary that is not there", { OWN_BINARY: "missing" }, "BINARY_MISSING"],
    ["a checkout that is not there", { OWN_CHECKOUT: "missing", OWN_RUNTIME: "runtime" }, "CHECKOUT_MISSING"],
    [
      "a checkout without its script",
      { OWN_CHECKOUT: "tree/modules", OWN_RUNTIME: "runtime" },
      "CHECKOUT_MISSING",
    ],
    ["a checkout without a runtime", { OWN_CHECKOUT: "tree" }, "RUNTIME_MISSING"],
    ["a runtime that is not there", { OWN_CHECKOUT: "tree", OWN_RUNTIME: "missing" }, "RUNTIME_MISSING"],
    [
      "a checkout without dependencies",
      { OWN_CHECKOUT: "bare", OWN_RUNTIME: "runtime" },
      "DEPENDENCIES_MISSING",
    ],
  ] as const)("with %s has a code and a next step of its own", async (_name, env, code) => {
    writeFiles(folder, { ...CHECKOUT, "bare/src/main.ts": "main" });
    const absolute = Object.fromEntries(Object.entries(env).map(([name, path]) => [name, at(path)]));
    const located = await locate(absolute);
    expect(located).toMatchObject({ ok: false, code });
    expect(located.ok || located.remedy).toMatch(/\w/);
  });

  it("is refused by a relative path", async () => {
    expect(await locate({ OWN_BINARY: "binary" })).toMatchObject({ code: "BINARY_MISSING" });
    expect(await locate({ OWN_CHECKOUT: "tree" })).toMatchObject({ code: "CHECKOUT_MISSING" });
  });

  it("has a digest of its source files, links by name, and its runtime; not of dependencies and history", async () => {
    writeFiles(folder, CHECKOUT);
    const first = await digest();
    writeFiles(folder, { "tree/modules/b.js": "b", "tree/.git/HEAD": "x" });
    expect(await digest()).toBe(first);
    const seen = new Set([first]);
    const changes = [
      () => writeFiles(folder, { "tree/src/main.ts": "changed" }),
      () => writeFiles(folder, { "tree/docs/deep/note.md": "note" }),
      () => symlinkSync("src/main.ts", at("tree/link")),
      () => writeFiles(folder, { runtime: "another" }),
    ];
    for (const change of changes) {
      change();
      seen.add(await digest());
    }
    expect(seen.size).toBe(1 + changes.length);
  });

  it("that cannot be read is blocked, not guessed", async () => {
    writeFiles(folder, CHECKOUT);
    mkdirSync(at("tree/docs"));
    symlinkSync(at("nowhere"), at("tree/docs/broken"));
    expect(await locate(named())).toMatchObject({ ok: true });
  });
});
