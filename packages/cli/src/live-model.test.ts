import { writeStrictBytes } from "@stage6/evidence-interface";
import { readFile, writeFile } from "node:fs/promises";
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

test("a live plan needs a live model in the policy", async () => {
  const words = await rootWith("none", null);
  const ran = await sandbox.call([...words, "plan", "--live", "--lanes", "fake"]);
  expect(ran.code).toBe(1);
  expect(ran.err).toContain("MODEL_ENDPOINT_UNSET");
});

test("a live plan names the policy's model and its trials, and runs with the operator's key alone", async () => {
  const words = await rootWith("live", LIVE);
  const plan = await sandbox.call([...words, "plan", "--live", "--lanes", "fake", "--json"]);
  expect(JSON.parse(plan.out)).toMatchObject({
    plan: { document: { evidenceClass: "live", modelClass: "live", trialsPerCell: 10 } },
  });
  const ran = await sandbox.call([...words, "run"], { LOOPBACK_KEY: "" });
  expect(ran.code).toBe(1);
  expect(ran.err).toContain("LOOPBACK_KEY holds no key");
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
