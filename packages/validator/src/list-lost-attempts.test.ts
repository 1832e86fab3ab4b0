import type { KeyObject } from "node:crypto";
import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { collectTrials } from "./collect-trials.ts";
import { listLostAttempts, type LostAttempts } from "./list-lost-attempts.ts";
import { readHarnessRoot } from "./read-harness-root.ts";
import { rootCopies } from "./testing/root-copies.ts";
import type { SampleRoot } from "./testing/sample-root.ts";
import { removeTempFolders } from "./testing/temp-folder.ts";

let copy: () => Promise<SampleRoot>;
afterAll(removeTempFolders);
beforeAll(async () => {
  ({ copy } = await rootCopies());
});

async function listed({ root, plan, planId }: SampleRoot): Promise<LostAttempts> {
  const { trusted } = await readHarnessRoot(root);
  const keys = trusted ?? new Map<string, KeyObject>();
  return listLostAttempts(root, planId, await collectTrials(root, plan, planId, keys), keys);
}
const attemptsOf = ({ bundles }: SampleRoot): string => bundles[0]!.replace("runs/", "attempts/");

it("lists nothing when every attempt left its bundle", async () => {
  expect(await listed(await copy())).toEqual({ lost: [], interrupted: [], findings: [] });
});

it("lists an attempt without a bundle: run again, hidden, or under another name", async () => {
  const sample = await copy();
  const folder = attemptsOf(sample);
  await writeFile(join(sample.root, folder, "11111111-0000-4000-8000-000000000000.json"), "{}");
  await rename(join(sample.root, sample.bundles[1]!), join(sample.root, "elsewhere"));
  const { lost, findings } = await listed(sample);
  expect(findings).toEqual([]);
  expect(lost).toEqual([
    `${folder}/11111111-0000-4000-8000-000000000000.json`,
    `${sample.bundles[1]!.replace("runs/", "attempts/")}/00000000-0000-4000-8000-000000000000.json`,
  ]);
});

it("finds what is no intent of a planned trial, and follows no link", async () => {
  const sample = await copy();
  const folder = attemptsOf(sample);
  const beyond = folder.replace(/001$/, "009");
  await mkdir(join(sample.root, beyond));
  await writeFile(join(sample.root, beyond, "00000000-0000-4000-8000-000000000000.json"), "{}");
  await rm(join(sample.root, folder), { recursive: true });
  await symlink("/", join(sample.root, folder));
  const { findings } = await listed(sample);
  expect(findings.map(({ code, rule, file }) => `${code}/${rule} ${file}`)).toEqual([
    `NOT_A_FILE/link ${folder}`,
    `ARTIFACT_EXTRA/unplanned-attempt ${beyond}/00000000-0000-4000-8000-000000000000.json`,
  ]);
});
