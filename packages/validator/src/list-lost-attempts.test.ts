import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  digestHex,
  INTERRUPTION_PREDICATE,
  sha256,
  signStatement,
  STATEMENT_TYPE,
  type AttemptInterruption,
} from "@stage6/evidence-interface";
import { testKeys } from "@stage6/evidence-interface/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlesCheck } from "./checks/evidence-checks.ts";
import type { CollectedTrial } from "./read-trial.ts";
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
  const { trusted } = await readHarnessRoot(root, "2026-01-02T00:00:00.000Z");
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

it("takes nothing but a document for an intent, wherever it lies", async () => {
  const sample = await copy();
  const folder = attemptsOf(sample);
  const others = ["00000000-0000-4000-8000-000000000000.txt", "json", "note"];
  for (const name of others) await writeFile(join(sample.root, folder, name), "{}");
  const { lost, findings } = await listed(sample);
  expect(lost).toEqual([]);
  expect(findings.map(({ rule, file }) => `${rule} ${file}`)).toEqual(
    others.map((name) => `unplanned-attempt ${folder}/${name}`),
  );
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

describe("the runner's word on an attempt", () => {
  const ID = "11111111-0000-4000-8000-000000000000";

  /** Plants an intent without a bundle, and a word on it. */
  async function planted(
    change: Partial<AttemptInterruption["predicate"]> = {},
    key: KeyObject = testKeys().runner.privateKey,
  ) {
    const sample = await copy();
    const folder = attemptsOf(sample);
    const intent = `${folder}/${ID}.json`;
    await writeFile(join(sample.root, intent), "{}");
    const [, planId = "", lane = "", fixture = "", number = ""] = folder.split("/");
    const statement: AttemptInterruption = {
      _type: STATEMENT_TYPE,
      subject: [{ name: `${ID}.json`, digest: { sha256: digestHex(sha256("{}")) } }],
      predicateType: INTERRUPTION_PREDICATE,
      predicate: {
        schemaVersion: "1.0",
        trial: { planId, lane, fixture, number: Number(number) },
        attemptId: ID,
        boundsTier: "strict",
        backendStarted: true,
        interruptedAt: "2026-01-01T00:00:00.000Z",
        ...change,
      },
    };
    await writeFile(join(sample.root, folder, `${ID}.interrupted.json`), signStatement(statement, key));
    const { lost, interrupted, findings } = await listed(sample);
    return { lost, interrupted, intent, findings: findings.map(({ code, rule }) => `${code}/${rule}`) };
  }

  it("excuses an attempt that the operator interrupted", async () => {
    const { intent, ...found } = await planted();
    expect(found).toEqual({ lost: [], interrupted: [intent], findings: [] });
    const early = await planted({ boundsTier: "default", backendStarted: false });
    expect(early.lost).toEqual([]);
  });

  it("does not excuse one whose backend could have sent the interrupt itself", async () => {
    const { intent, ...found } = await planted({ boundsTier: "default" });
    expect(found).toEqual({ lost: [intent], interrupted: [], findings: [] });
  });

  it("is nothing when a stranger signed it, or when it is about another attempt", async () => {
    const stranger = await planted({}, generateKeyPairSync("ed25519").privateKey);
    expect([stranger.lost, stranger.findings]).toEqual([[stranger.intent], ["SIGNER_UNKNOWN/keyid"]]);
    const other = await planted({ attemptId: "22222222-0000-4000-8000-000000000000" });
    expect([other.lost, other.findings]).toEqual([[other.intent], ["TRIAL_MISMATCH/interruption"]]);
  });
});

it("R26: a plan with an attempt that left no bundle fails, one with an interrupted attempt passes and names it", () => {
  const trial: CollectedTrial = {
    lane: "a",
    fixture: "b",
    number: 1,
    folder: "runs/p/a/b/001",
    bundleDigest: null,
    state: "present",
    findings: [],
    report: null,
    observation: null,
    manifest: null,
    eventTypes: [],
    inputs: [],
  };
  const check = (lost: string[], interrupted: string[]) =>
    bundlesCheck([trial], { lost, interrupted, findings: [] });
  expect(check([], [])).toMatchObject({ verdict: "pass", evidence: [] });
  expect(check(["attempts/a.json"], [])).toMatchObject({ verdict: "fail", code: "ATTEMPT_LOST" });
  const named = check([], ["attempts/a.json"]);
  expect([named.verdict, named.evidence.map(({ path }) => path)]).toEqual(["pass", ["attempts/a.json"]]);
});
