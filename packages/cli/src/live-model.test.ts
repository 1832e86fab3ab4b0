import { writeStrictBytes } from "@stage6/evidence-interface";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Sandbox } from "./testing/run-stage6.ts";

const LIVE = {
  provider: "loopback",
  id: "model-1",
  url: "http://127.0.0.1:9/v1",
  keyHeader: "authorization",
  keyVariable: "LOOPBACK_KEY",
};

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.make();
});
afterAll(async () => sandbox.remove());

async function rootWith(name: string, liveModel: object | null): Promise<string[]> {
  const words = ["--harness-root", name];
  expect((await sandbox.call([...words, "init"])).code).toBe(0);
  const file = join(sandbox.path, name, "policy/stage6.policy.json");
  const policy: object = JSON.parse(await readFile(file, "utf8"));
  if (liveModel !== null) await writeFile(file, writeStrictBytes({ ...policy, liveModel }));
  return words;
}

/** The plan and the run of a root are refused; what is in the way, by id and code. */
async function inTheWay(words: readonly string[]): Promise<string[]> {
  const ran = await sandbox.call([...words, "plan", "--live", "--lanes", "fake", "--json"], {
    LOOPBACK_KEY: "",
  });
  expect(ran.code).toBe(1);
  const { refused }: { refused: { id: string; code: string; message: string }[] } = JSON.parse(ran.out);
  expect(await readdir(join(sandbox.path, words[1] ?? "", "plans"))).toEqual([]);
  return refused.map(({ id, code, message }) => `${id} ${code}: ${message}`);
}

test("a live plan needs a live model in the policy", async () => {
  expect(await inTheWay(await rootWith("none", null))).toContain(
    "live-model MODEL_ENDPOINT_UNSET: the policy declares no live model",
  );
});

test("a live plan needs the key of its model, the candidate, and every baseline for which there is a reason", async () => {
  const lines = await inTheWay(await rootWith("live", LIVE));
  expect(lines).toContain("live-model MODEL_ENDPOINT_UNSET: LOOPBACK_KEY holds no key of the live model");
  expect(lines.filter((line) => /^(candidate-present|real-baselines|applicability)/.test(line))).toHaveLength(
    3,
  );
  expect(lines.find((line) => line.startsWith("applicability"))).toContain(
    "left out for a reason that no record may give: codex (NOT_SELECTED), pi (NOT_SELECTED)",
  );
});

test.each([
  ["an address that would carry the key in the clear", { ...LIVE, url: "http://example.invalid/v1" }],
  ["an address with a query", { ...LIVE, url: "https://example.invalid/v1?key=1" }],
  ["another header", { ...LIVE, keyHeader: "cookie" }],
])("a policy with %s is no policy", async (name, liveModel) => {
  const words = await rootWith(name, liveModel);
  const ran = await sandbox.call([...words, "plan", "--live"]);
  expect(ran.code).toBe(3);
  expect(ran.err).toContain("/liveModel");
});
