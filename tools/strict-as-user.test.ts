import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";

const source = fileURLToPath(new URL("../packages/bounds/", import.meta.url));
const ENTRY = `
import { probeStrict, testStrictDriver } from "./index.ts";
import { selfTestFaults } from "@stage6/evidence-interface";
const driver = await probeStrict();
if (!driver.ok) throw new Error(JSON.stringify(driver));
const rows = await testStrictDriver(driver);
const ok = (column) => rows.filter((row) => row[column] === "ok").length;
console.log(JSON.stringify({ uid: process.getuid(), unbounded: ok("unbounded"), bounded: ok("bounded"), faults: selfTestFaults(rows) }));
`;

/** A copy of the driver that every user can read, laid out as in the package. */
let place = "";
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "strict-as-user-"));
  chmodSync(place, 0o755);
  cpSync(join(source, "etc"), join(place, "etc"), { recursive: true });
  mkdirSync(join(place, "dist", "strict"), { recursive: true });
  await build({
    stdin: { contents: ENTRY, resolveDir: join(source, "src"), loader: "ts" },
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@stage6/source"],
    outfile: join(place, "dist", "strict", "self-test.mjs"),
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  writeFileSync(join(place, "package.json"), "{}");
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

const isRoot = process.getuid?.() === 0;
const AS_NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
const users: readonly (readonly [name: string, uid: number, prefix: readonly string[]])[] = isRoot
  ? [
      ["root", 0, []],
      ["a user without any rights", 65534, AS_NOBODY],
    ]
  : [["this user", process.getuid?.() ?? -1, []]];

test.each(users)(
  "as %s the hostile probes succeed without bounds and none does within them",
  (_name, uid, prefix) => {
    const words = [...prefix, process.execPath, join(place, "dist", "strict", "self-test.mjs")];
    const said = execFileSync(words[0] ?? "", words.slice(1), {
      cwd: "/",
      env: { PATH: process.env["PATH"] ?? "" },
      timeout: 60_000,
    });
    expect(JSON.parse(said.toString())).toEqual({ uid, unbounded: 21, bounded: 3, faults: [] });
  },
);
