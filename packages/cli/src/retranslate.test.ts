import { appendFile, cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkDocument, Manifest } from "@stage6/evidence-interface";
import { fakeLane } from "@stage6/lane-fake";
import { afterAll, beforeAll, expect, test } from "vitest";
import { retranslate } from "./retranslate.ts";
import { Sandbox } from "./testing/run-stage6.ts";

let sandbox: Sandbox;
let bundle: string;
let manifest: Manifest;
beforeAll(async () => {
  sandbox = await Sandbox.make();
  const made = await sandbox.call([
    "rehearse",
    "--lanes",
    "fake",
    "--candidate",
    "fake",
    "--fixtures",
    "refuse-out-of-bounds",
    "--json",
  ]);
  const { plan }: { plan: { id: string } } = JSON.parse(made.out);
  bundle = join(sandbox.path, "harness", "runs", plan.id, "fake", "refuse-out-of-bounds", "001");
  const read = checkDocument(
    Manifest,
    JSON.parse(await readFile(join(bundle, "manifest.json"), "utf8")),
    "manifest.json",
  ).value;
  if (read === null) throw new Error("the manifest is not sound");
  manifest = read;
});
afterAll(async () => sandbox.remove());

test("streams that give the log's events are equal", async () => {
  expect(await retranslate(bundle, manifest, fakeLane)).toMatchObject({ state: "equal" });
});

test("a line more in a stream diverges and is named with its bytes", async () => {
  const copy = join(sandbox.path, "copy");
  await cp(bundle, copy, { recursive: true });
  const { length } = await readFile(join(copy, "artifacts", "stdout.raw"));
  await appendFile(join(copy, "artifacts", "stdout.raw"), "not a record\n");
  expect(await retranslate(copy, manifest, fakeLane)).toEqual({
    state: "diverged",
    missing: [],
    extra: [`line.unread artifacts/stdout.raw ${length} 12`],
  });
});

test("another adapter version, or none, cannot judge the log", async () => {
  expect(await retranslate(bundle, manifest, null)).toMatchObject({ state: "skipped" });
  expect(await retranslate(bundle, manifest, { ...fakeLane, adapterVersion: "9.9.9" })).toMatchObject({
    state: "skipped",
  });
});
