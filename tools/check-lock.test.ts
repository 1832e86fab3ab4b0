import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lockFindings } from "./lock/lock-findings.ts";

const integrity = "sha512-AAAA";

function lock(extra: Record<string, unknown> = {}, lockfileVersion = 3): string {
  const packages = {
    "": { workspaces: ["packages/*"], devDependencies: { a: "1" } },
    "packages/one": { name: "@s/one", dependencies: { "@s/two": "1", a: "1" } },
    "packages/two": { name: "@s/two" },
    "node_modules/@s/one": { resolved: "packages/one", link: true },
    "node_modules/@s/two": { resolved: "packages/two", link: true },
    "node_modules/a": { integrity, optionalDependencies: { "@a/linux": "1", "@a/macos": "1" } },
    "node_modules/@a/linux": { integrity, dependencies: { b: "1" } },
    "node_modules/@a/linux/node_modules/b": { integrity, dependencies: { a: "1" } },
    "node_modules/@a/macos": { integrity },
    ...extra,
  };
  return JSON.stringify({ lockfileVersion, packages });
}

test("a complete lock without addresses has no finding", () => {
  expect(lockFindings(lock())).toEqual([]);
});

test("an optional dependency of another platform that has no entry is found", () => {
  expect(lockFindings(lock({ "node_modules/@a/macos": undefined }))).toEqual([
    "node_modules/a needs @a/macos, which has no entry",
  ]);
});

test("a dependency nested under another package does not serve its siblings", () => {
  const findings = lockFindings(lock({ "packages/two": { dependencies: { b: "1" } } }));
  expect(findings).toEqual(["packages/two needs b, which has no entry"]);
});

test("a registry entry without integrity, or with an old kind of it, is found; a bundled one has none", () => {
  const path = "node_modules/@a/macos";
  expect(lockFindings(lock({ [path]: {} }))).toEqual([`${path} has no sha512 integrity`]);
  expect(lockFindings(lock({ [path]: { integrity: "sha1-AAAA" } }))).toEqual([
    `${path} has no sha512 integrity`,
  ]);
  expect(lockFindings(lock({ [path]: { inBundle: true } }))).toEqual([]);
});

test("an address of a registry or repository is found", () => {
  for (const resolved of [
    "http://registry.invalid/a.tgz",
    "https://registry.invalid/a.tgz",
    "git+ssh://git@host.invalid/a.git",
  ]) {
    const findings = lockFindings(lock({ "node_modules/@a/macos": { integrity, resolved } }));
    expect(findings).toEqual([`node_modules/@a/macos names where it came from: ${resolved}`]);
  }
});

test("another lock version, or a lock that holds nothing, does not pass", () => {
  expect(lockFindings(lock({}, 2))).toHaveLength(1);
  expect(lockFindings(`{"lockfileVersion":3,"packages":{"":{}}}`)).toHaveLength(1);
});

test("the command judges every file it is given and exits 1 when one has a finding", () => {
  const folder = mkdtempSync(join(tmpdir(), "stage6-lock-"));
  const [good, bad] = [join(folder, "good.json"), join(folder, "bad.json")];
  writeFileSync(good, lock());
  writeFileSync(bad, lock({ "node_modules/@a/macos": undefined }));
  const run = (...files: string[]) => {
    const args = [join(import.meta.dirname, "run-source.mjs"), "tools/check-lock.ts", ...files];
    return spawnSync(process.execPath, args, { timeout: 30_000 }).status;
  };
  expect([run(good), run(bad, good), run(join(folder, "absent.json"))]).toEqual([0, 1, 1]);
  rmSync(folder, { recursive: true });
});
