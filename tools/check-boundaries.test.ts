import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkWorkspace } from "./boundaries/check-workspace.ts";
import { parseLayers } from "./boundaries/layers.ts";
import { readWorkspace } from "./boundaries/workspace.ts";

const LAYERS = {
  packages: {
    format: { mayImport: [], pure: true },
    judge: { mayImport: ["format"], pure: true, effectFolders: ["src/backend"] },
    doer: { mayImport: ["format"], pure: false },
  },
  effectFolders: ["src/fs"],
};
const SUBPATHS = {
  ".": { "@stage6/source": "./src/index.ts" },
  "./fs": { "@stage6/source": "./src/fs/index.ts" },
};

// Everything here is allowed; much of it looks like a violation to a search through the text.
const CLEAN: Record<string, unknown> = {
  "package.json": { name: "root", devDependencies: { vitest: "1", oxc: "1" } },
  "tools/layers.json": LAYERS,
  "tools/run.ts": `import "oxc"; import "@s/judge"; import "node:fs"; import "../packages/format/src/index.ts";`,
  "packages/format/package.json": { name: "@s/format", exports: SUBPATHS, dependencies: { typebox: "1" } },
  "packages/format/src/index.ts": `
    import { createHash, sign } from "node:crypto";
    import { join } from "node:path/posix";
    import type { Stats } from "node:fs";
    import { Type } from "typebox/value";
    export { later } from "./later.ts";
    // import "node:fs"; process.exit(); fetch("x")
    export const text = "import('node:net'); Date.now()";
    export const pattern = /setTimeout\\(process\\)/;
    export type Clock = typeof Date.now | typeof process | import("node:http").Server;
    export function isDate(value: unknown, date: Date = new Date(0)) { return value instanceof Date && +date < Date.UTC(2000); }
    export function read({ process, performance: fetch }: { process: { fetch: string }; performance: () => string }) {
      return process.fetch + fetch() + Math.max(1, 2) + globalThis.String(join("a")) + typeof crypto;
    }
    export const object = { process: 1, setTimeout() { return this.process; }, "fetch": 2 };
    try { createHash("x"); sign; Type; } catch (console) { void (console as Stats); }
  `,
  "packages/format/src/later.ts": `export const later = (now: () => Date) => [now(), new Date("2026-01-01"), new URL("./a.json", import.meta.url)];`,
  "packages/format/src/fs/index.ts": `import { readFileSync } from "node:fs"; export const now = () => [Date.now(), readFileSync("x")];`,
  "packages/format/src/index.test.ts": `import "vitest"; import "node:child_process"; import "./fs/index.ts"; process.exit(await import(String(1)));`,
  "packages/format/fixtures/repo/index.js": `import "../../../../elsewhere.js"; this is no JavaScript`,
  "packages/judge/package.json": {
    name: "@s/judge",
    exports: SUBPATHS,
    dependencies: { "@s/format": "^0.0.0" },
  },
  "packages/judge/src/index.ts": `import { later } from "@s/format"; import type { now } from "@s/format/fs"; export const x = later;`,
  "packages/judge/src/backend/main.ts": `import net from "node:net"; setTimeout(() => net, 1);`,
  "packages/doer/package.json": {
    name: "@s/doer",
    dependencies: { "@s/format": "^0.0.0" },
    devDependencies: { "@s/judge": "^0.0.0" },
  },
  "packages/doer/src/index.ts": `import "@s/format/fs"; import "node:worker_threads"; process.exit(await import(String(Math.random())));`,
  "packages/doer/src/index.test.ts": `import "@s/judge"; import "./index.ts"; new URL("../../../seed/x", import.meta.url);`,
};

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stage6-boundaries-"));
  seed(CLEAN);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function seed(files: Record<string, unknown>): void {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), typeof content === "string" ? content : JSON.stringify(content));
  }
}

function check(): string[] {
  const read = (file: string) => readFileSync(join(root, file), "utf8");
  const { violations } = checkWorkspace(readWorkspace(root), parseLayers(read("tools/layers.json")), read);
  return violations.map(({ code, file, line }) => `${code} ${file}:${line}`);
}

test("a clean tree has no violation", () => {
  expect(check()).toEqual([]);
});

describe("an import that breaks a rule is found in its line", () => {
  const cases: [file: string, code: string, text: string][] = [
    ["format/src/a.ts", "UNDECLARED_IMPORT", `import "ajv";`],
    ["format/src/a.ts", "UNDECLARED_IMPORT", `import type { X } from "ajv/dist/x.js";`],
    ["format/src/a.ts", "UNDECLARED_IMPORT", `type X = import("ajv").Ajv;`],
    ["format/src/a.ts", "UNDECLARED_IMPORT", `export * from "vitest";`],
    ["format/src/a.ts", "UNDECLARED_IMPORT", `import "@s/unknown";`],
    ["format/src/a.ts", "UNDECLARED_IMPORT", `import "#inside";`],
    ["format/src/a.test.ts", "UNDECLARED_IMPORT", `import "ajv";`],
    ["format/src/a.test.ts", "UNDECLARED_IMPORT", `import "@s/judge";`],
    ["format/src/a.ts", "FORBIDDEN_ARROW", `import "@s/judge";`],
    ["doer/src/a.ts", "FORBIDDEN_ARROW", `import "@s/judge";`],
    ["judge/src/backend/a.ts", "FORBIDDEN_ARROW", `import "@s/doer";`],
    ["judge/src/a.ts", "FORBIDDEN_ARROW", `export type { X } from "@s/doer";`],
    ["judge/src/a.ts", "RELATIVE_REACH", `import "../../format/src/index.ts";`],
    ["judge/src/a.test.ts", "RELATIVE_REACH", `import "../../format/src/index.ts";`],
    ["doer/src/a.ts", "RELATIVE_REACH", `await import("../../judge/src/index.ts");`],
    ["doer/src/a.ts", "RELATIVE_REACH", `new URL("../../judge/src/index.ts", import.meta.url);`],
    ["doer/src/a.ts", "RELATIVE_REACH", `import.meta.resolve("../../judge/src/index.ts");`],
    ["doer/src/a.mts", "RELATIVE_REACH", `import x = require("/etc/x.js");`],
    ["doer/src/a.ts", "RELATIVE_REACH", `import "file:///etc/x.js";`],
    ["doer/src/a.ts", "TEST_REACHED", `import "./index.test.ts";`],
    ["judge/src/a.ts", "UNKNOWN_SPECIFIER", `await import("node:" + name);`],
    ["judge/src/a.ts", "EFFECT_IN_PURE", `import { now } from "@s/format/fs";`],
    ["format/src/a.ts", "EFFECT_IN_PURE", `import { now } from "./fs/index.ts";`],
    ["doer/src/a.ts", "PARSE_ERROR", `const = 1;`],
  ];
  test.each(cases)("%s: %s: %s", (file, code, text) => {
    seed({ [`packages/${file}`]: `\n${text}` });
    expect(check()).toEqual([`${code} packages/${file}:${code === "PARSE_ERROR" ? 0 : 2}`]);
  });
});

describe("an effect in a pure package is found, and allowed elsewhere", () => {
  const modules = [
    "fs",
    "fs/promises",
    "child_process",
    "net",
    "http",
    "https",
    "http2",
    "dgram",
    "tls",
    "dns",
  ];
  const others = [
    "worker_threads",
    "cluster",
    "timers",
    "timers/promises",
    "process",
    "perf_hooks",
    "os",
    "vm",
    "module",
  ];
  const cases = [
    ...[...modules, ...others].map((name) => `import "node:${name}";`),
    `import { readFileSync } from "fs";`,
    `import { type Stats } from "node:fs";`,
    `export { readFileSync } from "node:fs";`,
    `const fs = await import(\`node:fs\`);`,
    `const fs = require("node:fs");`,
    `process.exit();`,
    `const { env } = process;`,
    `const copy = { process };`,
    `Date.now();`,
    `const now = Date["now"];`,
    `const { now } = Date;`,
    `new Date();`,
    `new Date;`,
    `Date();`,
    `[1].map(Date);`,
    `performance.now();`,
    `setTimeout(f, 1);`,
    `setInterval(f, 1);`,
    `setImmediate(f);`,
    `AbortSignal.timeout(1);`,
    `await fetch("x");`,
    `console.log(1);`,
    `Math.random();`,
    `const { random } = Math;`,
    `globalThis.process.exit();`,
    `globalThis["fetch"]("x");`,
    `globalThis.Function("return process")();`,
    `new Function("return process")();`,
    `global.process.exit();`,
    `Temporal.Now.instant();`,
    `localStorage.getItem("x");`,
    `const world = globalThis;`,
    `import { randomUUID } from "node:crypto";`,
    `import { "randomInt" as roll } from "crypto";`,
    `export { randomBytes as bytes } from "node:crypto";`,
    `export * from "node:crypto";`,
    `import * as c from "node:crypto"; c.randomBytes(1);`,
    `import c from "node:crypto"; const { randomUUID } = c;`,
    `const c = await import("node:crypto");`,
    `crypto.getRandomValues(x);`,
    `function f(process: string) { return process; } process.exit();`,
    `function f() { const fetch = 1; return fetch; } fetch("x");`,
    `declare const process: { exit(): void }; process.exit();`,
    `(fetch as Fetch)("x");`,
    `class A { at = Date.now(); }`,
    `const f = (at = Date.now()) => at;`,
  ];
  test.each(cases)("%s", (text) => {
    const code = `${text}\nexport {};`;
    seed({ "packages/judge/src/a.ts": code });
    expect(check()).toEqual(["EFFECT_IN_PURE packages/judge/src/a.ts:1"]);
    rmSync(join(root, "packages/judge/src/a.ts"));
    seed({
      "packages/judge/src/fs/a.ts": code,
      "packages/doer/src/a.ts": code,
      "packages/judge/src/a.test.ts": code,
    });
    expect(check()).toEqual([]);
  });
});

test("a manifest that declares a forbidden arrow is found without any import", () => {
  seed({
    "packages/format/package.json": {
      name: "@s/format",
      exports: SUBPATHS,
      dependencies: { typebox: "1", "@s/doer": "1" },
    },
  });
  expect(check()).toContain("FORBIDDEN_ARROW packages/format/package.json:0");
});

test("a cycle through development dependencies is found", () => {
  const judge = {
    name: "@s/judge",
    exports: SUBPATHS,
    dependencies: { "@s/format": "1" },
    devDependencies: { "@s/doer": "1" },
  };
  seed({ "packages/judge/package.json": judge });
  expect(check()).toEqual([
    "DEPENDENCY_CYCLE packages/doer/package.json:0",
    "DEPENDENCY_CYCLE packages/judge/package.json:0",
  ]);
});

test("a package outside the map and a mapped package without a folder are found", () => {
  seed({ "packages/new/package.json": { name: "@s/new" } });
  rmSync(join(root, "packages/doer"), { recursive: true });
  expect(check()).toEqual([
    "MISSING_PACKAGE tools/layers.json:0",
    "UNKNOWN_PACKAGE packages/new/package.json:0",
  ]);
});

test("a map that lets a pure package import an effectful one, or names a stranger, is refused", () => {
  const judge = (mayImport: string[]) =>
    JSON.stringify({ ...LAYERS, packages: { ...LAYERS.packages, judge: { mayImport, pure: true } } });
  expect(() => parseLayers(judge(["doer"]))).toThrow("judge is pure");
  expect(() => parseLayers(judge(["nobody"]))).toThrow("nobody");
});

test("the command exits 0 on a clean tree, 1 with a violation, and 1 when there is nothing to check", () => {
  const run = () => {
    const file = join(import.meta.dirname, "run-source.mjs");
    const options = { encoding: "utf8", timeout: 30_000 } as const;
    return spawnSync(process.execPath, [file, "tools/check-boundaries.ts", root], options);
  };
  expect(run()).toMatchObject({ status: 0, stderr: "" });
  seed({ "packages/judge/src/a.ts": "process.exit();" });
  expect(run()).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("packages/judge/src/a.ts:1: EFFECT_IN_PURE"),
  });
  rmSync(join(root, "packages"), { recursive: true });
  seed({ "packages/readme.txt": "", "tools/layers.json": { packages: {}, effectFolders: [] } });
  expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining("NOTHING_CHECKED") });
});
