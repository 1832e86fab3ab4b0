import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Sandbox } from "./testing/run-stage6.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.make();
});
afterAll(async () => sandbox.remove());

test("makes a root and a private key outside of it, and the second time changes nothing", async () => {
  const first = await sandbox.run(["init", "--json"]);
  expect(first.code).toBe(0);
  const { keyFile }: { keyFile: string } = JSON.parse(first.out);
  expect(keyFile.startsWith(join(sandbox.path, "keys"))).toBe(true);
  expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
  expect((await stat(join(keyFile, ".."))).mode & 0o777).toBe(0o700);
  expect((await readdir(join(sandbox.path, "harness"))).toSorted()).toEqual([
    "attempts",
    "comparisons",
    "contracts",
    "evals",
    "fixtures",
    "harness.json",
    "lanes",
    "matrix",
    "plans",
    "policy",
    "runner",
    "runs",
    "tools",
    "trust",
  ]);
  const before = await sandbox.hashes(".");
  expect([...before.keys()].some((path) => path.includes("making"))).toBe(false);
  expect(await readFile(join(sandbox.path, "harness", "trust", "keys.json"), "utf8")).not.toContain(
    "PRIVATE",
  );

  const second = await sandbox.run(["init"]);
  expect(second).toMatchObject({ code: 0, err: "" });
  expect(second.out).toContain("nothing was changed");
  expect(await sandbox.hashes(".")).toEqual(before);

  const list = await sandbox.run(["fixtures", "list", "--json"]);
  const { fixtures }: { fixtures: { id: string }[] } = JSON.parse(list.out);
  expect(fixtures.map(({ id }) => id)).toEqual(["add-feature", "fix-failing-test", "refuse-out-of-bounds"]);
});

test("refuses a folder that holds something else", async () => {
  await mkdir(join(sandbox.path, "taken"));
  await writeFile(join(sandbox.path, "taken", "mine.txt"), "mine");
  const before = await sandbox.hashes(".");
  const ran = await sandbox.run(["init", "--harness-root", "taken"]);
  expect(ran).toMatchObject({ code: 1, out: "" });
  expect(ran.err).toContain("ROOT_TAKEN");
  expect(await sandbox.hashes(".")).toEqual(before);
});

test.each([
  ["a folder that cannot be made", { STAGE6_KEYS_DIR: "/dev/null/keys" }, 1, "KEYS_UNWRITABLE"],
  ["a relative folder", { STAGE6_KEYS_DIR: "keys" }, 2, "must be an absolute path"],
  [
    "a home that cannot be written",
    { STAGE6_KEYS_DIR: "", XDG_CONFIG_HOME: "", HOME: "/dev/null" },
    1,
    "Set STAGE6_KEYS_DIR",
  ],
])("with %s for keys it says what to set and leaves no root", async (_name, env, code, text) => {
  const before = await sandbox.hashes(".");
  const ran = await sandbox.call(["init", "--harness-root", "other"], env);
  expect(ran.code).toBe(code);
  expect(ran.err).toContain(text);
  expect(await sandbox.hashes(".")).toEqual(before);
});

test.each([["harness.json"], ["policy/stage6.policy.json"], ["trust/keys.json"]])(
  "a truncated %s is a finding with exit code 3, and nothing is written",
  async (file) => {
    const root = `broken ${file.replaceAll("/", "-")}`;
    await sandbox.call(["init", "--harness-root", root]);
    const path = join(sandbox.path, root, file);
    await writeFile(path, (await readFile(path)).subarray(0, 40));
    const before = await sandbox.hashes(".");
    for (const verb of ["init", "plan", "run", "compare", "replay", "validate", "rehearse"]) {
      const ran = await sandbox.call([verb, "--harness-root", root]);
      expect({ verb, code: ran.code }).toEqual({ verb, code: 3 });
      expect(ran.err + ran.out).toContain("BYTES_NOT_CANONICAL");
      expect(ran.err + ran.out).toContain(file);
    }
    expect(await sandbox.hashes(".")).toEqual(before);
  },
);
