import { execFileSync } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Sandbox } from "./testing/run-stage6.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const END = '{"exitCode":0,"signal":null,"endedBy":"exit"}';
const STREAM =
  '{"type":"hello"}\n{"type":"call","id":"a","tool":"run","input":"ls"}\n{"type":"result","id":"a","ok":true}\n';

let sandbox: Sandbox;
/** The lane of docs/lanes.md, which check:pack follows to the letter; here it is broken on purpose. */
let lane = "";
let agent = "";

beforeAll(async () => {
  sandbox = await Sandbox.make();
  const page = await readFile(join(ROOT, "docs", "lanes.md"), "utf8");
  const block = (file: string) => new RegExp(`^\`\`\`js ${file}\\n(.*?)^\`\`\`$`, "ms").exec(page)?.[1] ?? "";
  lane = block("lane\\.mjs");
  agent = block("agent\\.mjs");
  await mkdir(join(sandbox.path, "node_modules"));
  await symlink(join(ROOT, "node_modules", "@stage6"), join(sandbox.path, "node_modules", "@stage6"));
  await mkdir(join(sandbox.path, "samples", "one"), { recursive: true });
  await writeFile(join(sandbox.path, "samples", "one", "stdout.raw"), STREAM);
  await writeFile(join(sandbox.path, "samples", "one", "end.json"), END);
});
afterAll(async () => sandbox.remove());

/** Packs a lane package as npm does. */
async function pack(name: string, source: string): Promise<string> {
  const folder = join(sandbox.path, `${name}-files`, "package");
  await mkdir(folder, { recursive: true });
  const manifest = { name, version: "0.1.0", type: "module", exports: "./lane.mjs" };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  await writeFile(join(folder, "lane.mjs"), source);
  await writeFile(join(folder, "agent.mjs"), agent);
  execFileSync("tar", ["-czf", join(sandbox.path, `${name}.tgz`), "-C", join(folder, ".."), "package"]);
  return `${name}.tgz`;
}

const check = (file: string, out: string) =>
  sandbox.run([
    "lanes",
    "check",
    file,
    "--samples",
    "samples",
    "--key",
    "author.pem",
    "--out",
    out,
    "--json",
  ]);
const verify = (result: string, file: string) =>
  sandbox.call(["lanes", "verify", result, "--key", join(sandbox.path, "author.pem.pub"), "--package", file]);

test("a lane that keeps every rule gets a result that verifies for its own package only", async () => {
  const file = await pack("good", lane);
  const ran = await check(file, "good.dsse.json");
  expect(ran.code).toBe(0);
  const { result }: { result: object } = JSON.parse(ran.out);
  expect(result).toMatchObject({ state: "PASSED", failed: [] });
  expect(await verify("good.dsse.json", file)).toMatchObject({ code: 0 });
  const other = await pack("other", `${lane}\n`);
  const mismatch = await verify("good.dsse.json", other);
  expect(mismatch.code).toBe(3);
  expect(mismatch.out).toContain("SUBJECT_MISMATCH");
});

test("a broken lane gets a signed FAILED with the rule's name, and nobody reads it as passed", async () => {
  const file = await pack("broken", lane.replaceAll('status: "unclosed"', 'status: "gone"'));
  await writeFile(
    join(sandbox.path, "samples", "one", "stdout.raw"),
    STREAM.replace(/\{"type":"result.*\n/, ""),
  );
  const ran = await check(file, "broken.dsse.json");
  expect(ran.code).toBe(1);
  const { result }: { result: object } = JSON.parse(ran.out);
  expect(result).toMatchObject({ state: "FAILED", failed: ["translate-valid"] });
  const read = await verify("broken.dsse.json", file);
  expect(read.code).toBe(1);
  expect(read.out).toContain("translate-valid");
});

test("a lane that throws has broken the rule, and the others are still looked at", async () => {
  const file = await pack("thrower", lane.replace("files: [],", 'files: [], ...JSON.parse("no"),'));
  const ran = await check(file, "thrower.dsse.json");
  expect(ran.code).toBe(1);
  const { result }: { result: { failed: string[]; passed: string[] } } = JSON.parse(ran.out);
  expect(result.failed).toContain("plan-pure");
  expect(result.passed).toContain("lane-id");
});

test("a changed byte of a result breaks its signature", async () => {
  const text = await readFile(join(sandbox.path, "good.dsse.json"), "utf8");
  const { payload }: { payload: string } = JSON.parse(text);
  const changed = Buffer.from(Buffer.from(payload, "base64").toString().replace("tiny", "tony")).toString(
    "base64",
  );
  await writeFile(join(sandbox.path, "changed.dsse.json"), text.replace(payload, changed));
  const read = await verify("changed.dsse.json", "good.tgz");
  expect(read.code).toBe(3);
  expect(read.out).toContain("SIGNATURE_INVALID");
});

test.each([
  ["no lane", "export const lane = {};\n", "exports no lane for this contract"],
  ["two lanes", "LANE\nexport const second = { ...tinyLane };\n", "exports 2 lanes"],
  ["a module that throws", 'throw new Error("boom");\n', "cannot be loaded: boom"],
])("a package with %s is refused by name", async (name, source, message) => {
  const file = await pack(name.replaceAll(" ", "-"), source.replace("LANE", lane));
  const ran = await check(file, "none.dsse.json");
  expect(ran.code).toBe(3);
  expect(JSON.parse(ran.out)).toMatchObject({ error: { code: "LANE_INVALID" } });
  expect(ran.out).toContain(message);
});

test("without a sample nothing is checked", async () => {
  const words = ["lanes", "check", "good.tgz", "--samples", "nowhere", "--key", "author.pem"];
  expect(await sandbox.call(words)).toMatchObject({ code: 2 });
});

test("a lane whose backend does not answer is blocked with its reason, and no trial is sealed", async () => {
  const file = await pack("mute", lane.replace('["--version"]', '["--help-me"]').replace("1.0.0", "1.0.0"));
  const ran = await sandbox.run(["lanes", "try", file, "--bounds", "default", "--json"]);
  expect(ran.code).toBe(1);
  expect(JSON.parse(ran.out)).toMatchObject({ blocked: { state: "blocked", code: "PROBE_FAILED" } });
});
