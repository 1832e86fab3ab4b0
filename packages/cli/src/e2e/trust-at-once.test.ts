import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { finish, Sandbox, type Ran } from "../testing/run-stage6.ts";

const NOW = "2026-06-02T00:00:00.000Z";
const MORE = ["a1", "a2", "a3", "a4", "a5"];
/** The root and what this user remembers of it, each with its copy. */
const KEPT = [
  ["harness", "whole"],
  ["keys", "whole-keys"],
] as const;
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.make();
  for (const name of ["jp", ...MORE])
    await promisify(execFile)("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", name], {
      cwd: sandbox.path,
    });
  await call("init");
  const founded = await call("operator", "add", "jp", "--key", "jp.pub");
  if (founded.code !== 0) throw new Error(founded.err);
  for (const [from, to] of KEPT) await cp(at(from), at(to), { recursive: true });
}, 240_000);
afterAll(async () => sandbox.remove());
beforeEach(async () => {
  for (const [to, from] of KEPT) {
    await rm(at(to), { recursive: true });
    await cp(at(from), at(to), { recursive: true });
  }
});

const at = (...parts: string[]): string => join(sandbox.path, ...parts);
const call = (...words: readonly string[]): Promise<Ran> => sandbox.call(["--now", NOW, ...words]);
const spawned = (...words: readonly string[]): Promise<Ran> =>
  finish(sandbox.start(["--now", NOW, ...words]));
const add = (name: string): string[] => ["operator", "add", name, "--key", `${name}.pub`, "--founder", "jp"];

async function operators(): Promise<string[]> {
  const text = await readFile(at("harness/trust/allowed_signers"), "utf8");
  return [...new Set([...text.matchAll(/^operator:(\S+)/gm)].map(([, name = ""]) => name))].toSorted();
}
/** What the gate says of the trust root. */
async function trustCode(): Promise<string | null> {
  const { out } = await call("validate", "--json");
  const { checks }: { checks: { id: string; code: string | null }[] } = JSON.parse(out);
  return checks.find(({ id }) => id === "trust-root")?.code ?? null;
}
const litter = async (): Promise<string[]> =>
  (await readdir(at("harness/trust"))).filter((name) => name.startsWith("."));

it("R20, R40: operators that are added at once, by processes and within one, are all there afterwards", async () => {
  const ran = await Promise.all([
    spawned(...add("a1")),
    spawned(...add("a2")),
    ...MORE.slice(2).map((name) => call(...add(name))),
  ]);
  expect(ran.map(({ code, err }) => (code === 0 ? 0 : err))).toEqual([0, 0, 0, 0, 0]);
  expect(await operators()).toEqual([...MORE, "jp"]);
  expect(await trustCode()).toBeNull();
  expect(await litter()).toEqual([]);
}, 240_000);

it("R20, R40: an operator who is added while the founder confirms, the policy is signed and keys are revoked is not lost, nor are they", async () => {
  const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
  const ran = await Promise.all([
    call(...add("a1")),
    call("operator", "confirm", "--founder", "jp"),
    call("sign-policy", "--operator", "jp", "--key", "jp"),
    ...["1", "2", "3", "4"].map((digit) => call("revoke", "key", digest(digit), "--reason", "race")),
    call(...add("a2")),
    call("operator", "confirm", "--founder", "jp"),
    call("sign-policy", "--operator", "jp", "--key", "jp"),
  ]);
  expect(ran.map(({ code, err, out }) => (code === 0 ? 0 : err + out))).toEqual(ran.map(() => 0));
  expect(await operators()).toEqual(["a1", "a2", "jp"]);
  expect(await trustCode()).toBeNull();
  const revoked = (await readFile(at("harness/trust/revocations.jsonl"), "utf8")).trimEnd().split("\n");
  expect(revoked).toHaveLength(5);
  expect(await litter()).toEqual([]);
});

it("R20, R40: two operators who would found the same root at once leave one founder, and no half of the other", async () => {
  for (const name of ["allowed_signers", "root.json", "root.json.sig"])
    await rm(at("harness/trust", name), { force: true });
  const { out } = await call("status", "--json");
  expect(out).not.toBe("");
  const before = await readdir(at("keys"));
  await rm(at("keys", before[0] ?? "", "founder"));
  const ran = await Promise.all(
    ["a1", "a2", "a3"].map((name) => call("operator", "add", name, "--key", name).then((one) => one.code)),
  );
  // A private key is no public one: named so that nothing is signed by accident.
  expect(ran).toEqual([2, 2, 2]);
  const founding = await Promise.all(
    ["a1", "a2", "a3"].map((name) =>
      call("operator", "add", name, "--key", `${name}.pub`, "--founder", name),
    ),
  );
  expect(founding.filter(({ code }) => code === 0)).toHaveLength(1);
  expect(await operators()).toHaveLength(1);
  expect(await trustCode()).toBeNull();
});

it("R20, R40: a change that was cut short at any of its renames is finished by the next call, and one without a signature is taken back", async () => {
  const trust = at("harness/trust");
  const files = ["allowed_signers", "root.json", "root.json.sig"];
  await cp(trust, at("old"), { recursive: true });
  expect(await call(...add("a1"))).toMatchObject({ code: 0 });
  await cp(trust, at("new"), { recursive: true });
  for (let renamed = 0; renamed <= files.length; renamed += 1) {
    await rm(trust, { recursive: true });
    await cp(at("old"), trust, { recursive: true });
    for (const [index, name] of files.entries())
      await cp(at("new", name), join(trust, index < renamed ? name : `.${name}.next`));
    expect(await call(...add("a2"))).toMatchObject({ code: 0 });
    expect(await operators()).toEqual(["a1", "a2", "jp"]);
    expect(await trustCode()).toBeNull();
  }
  await rm(trust, { recursive: true });
  await cp(at("old"), trust, { recursive: true });
  await cp(at("new", "allowed_signers"), join(trust, ".allowed_signers.next"));
  expect(await call(...add("a2"))).toMatchObject({ code: 0 });
  expect(await operators()).toEqual(["a2", "jp"]);
  expect(await litter()).toEqual([]);
});

it("R20, R40: a link in place of trust or of a file in it is written through by no verb", async () => {
  await mkdir(at("outside"));
  await rename(at("harness/trust"), at("outside/trust"));
  await symlink(at("outside/trust"), at("harness/trust"));
  const before = await sandbox.hashes("outside");
  for (const words of [
    add("a1"),
    ["operator", "confirm", "--founder", "jp"],
    ["sign-policy", "--operator", "jp", "--key", "jp"],
    ["revoke", "key", `sha256:${"1".repeat(64)}`, "--reason", "x"],
  ])
    expect((await call(...words)).code).not.toBe(0);
  expect(await sandbox.hashes("outside")).toEqual(before);
});
