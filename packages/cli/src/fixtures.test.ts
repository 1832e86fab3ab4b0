import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Sandbox } from "./testing/run-stage6.ts";

const REPOSITORY = "my shop";
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await Sandbox.make();
  const folder = join(sandbox.path, REPOSITORY);
  await mkdir(join(folder, "src"), { recursive: true });
  await writeFile(join(folder, "src", "price.js"), "export const price = 1;\n");
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.invalid", ...args], {
      cwd: folder,
      timeout: 60_000,
    });
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "--message", "one");
  await writeFile(join(sandbox.path, "task.md"), "# Raise the price\n\nTo 2.\n");
  await sandbox.call(["init"]);
});
afterAll(async () => sandbox.remove());

const add = (...more: string[]) =>
  sandbox.call([
    "fixtures",
    "add",
    "--from",
    REPOSITORY,
    "--base",
    "main",
    "--task",
    "task.md",
    "--allow",
    "src/**",
    ...more,
  ]);
const fixture = async (id: string): Promise<unknown> =>
  JSON.parse(await readFile(join(sandbox.path, "harness", "fixtures", id, "fixture.json"), "utf8"));

test("makes a fixture out of a repository in a path with spaces and leaves the repository as it was", async () => {
  const before = await sandbox.hashes(REPOSITORY);
  const ran = await add("--oracle", "node", "--check", "src/price.js", "--title", "Price");
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(await sandbox.hashes(REPOSITORY)).toEqual(before);
  expect(await fixture("my-shop")).toMatchObject({
    id: "my-shop",
    title: "Price",
    allowedPaths: ["src/**"],
    expects: "change",
    oracle: { argv: ["node", "--check", "src/price.js"], files: [] },
  });
});

test("takes the oracle as one text, or behind two dashes", async () => {
  expect((await add("--id", "text", "--oracle", "node -e 'process.exit(0)'")).code).toBe(0);
  expect(await fixture("text")).toMatchObject({
    title: "Raise the price",
    oracle: { argv: ["node", "-e", "process.exit(0)"] },
  });
  expect((await add("--id", "dashes", "--", "node", "--json", "x")).code).toBe(0);
  expect(await fixture("dashes")).toMatchObject({ oracle: { argv: ["node", "--json", "x"] } });
});

test.each([
  ["an unknown commit", ["--base", "nothing", "--oracle", "true"], 2, "--base"],
  ["a path that leads out", ["--allow", "../x", "--oracle", "true"], 2, "../x"],
  ["no oracle", [], 2, "--oracle: a command is missing"],
  ["an open quote", ["--oracle", "node 'x"], 2, "a quote is not closed"],
  ["a missing task", ["--task", "none.md", "--oracle", "true"], 2, "--task"],
  ["an id that is none", ["--id", "../x", "--oracle", "true"], 2, "--id"],
  ["an id that is taken", ["--id", "add-feature", "--oracle", "true"], 1, "FIXTURE_EXISTS"],
  ["a script that is none", ["--script", "task.md", "--oracle", "true"], 2, "--script"],
])("%s is refused in words, and nothing is written", async (_name, more, code, text) => {
  const before = await sandbox.hashes(".");
  const ran = await add(...(more.includes("--id") ? [] : ["--id", "refused"]), ...more);
  expect(ran.code).toBe(code);
  expect(ran.out).toBe("");
  expect(ran.err).toContain(text);
  expect(await sandbox.hashes(".")).toEqual(before);
});

test("names the commands that a model may run, and refuses what is none", async () => {
  const named = ["--command", "test=node --test 'a b.js'", "--command", "build=npm run build"];
  const added = await add("--id", "named", "--oracle", "true", ...named);
  expect(added).toMatchObject({ code: 0 });
  expect(added.out).toContain("  commands:      test (node --test 'a b.js'), build (npm run build)\n");
  expect(await fixture("named")).toMatchObject({
    commands: [
      { name: "test", argv: ["node", "--test", "a b.js"] },
      { name: "build", argv: ["npm", "run", "build"] },
    ],
  });
  for (const wrong of ["test", "=true", "Test=true", "test=", "test='a"]) {
    const ran = await add("--id", "wrong", "--oracle", "true", "--command", wrong);
    expect(ran).toMatchObject({ code: 2 });
    expect(ran.err).toContain("is not name=command");
  }
  const twice = await add("--id", "wrong", "--oracle", "true", "--command", "a=true", "--command", "a=false");
  expect(twice).toMatchObject({ code: 2 });
  expect(twice.err).toContain("two named commands have the same name");
});
