import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createPublicKey } from "node:crypto";
import { join, relative } from "node:path";
import { classifyAttempt } from "@stage6/bounds";
import { checkLedger, EligibilityRecord, type LedgerEntry } from "@stage6/eligibility";
import { appendLedger } from "@stage6/eligibility/fs";
import { KEYS } from "@stage6/eligibility/testing";
import {
  digestHex,
  keyId,
  openEnvelope,
  parseStrictBytes,
  sha256,
  signStatement,
  validateDocument,
  writeStrictBytes,
} from "@stage6/evidence-interface";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CompleteRoot } from "../testing/complete-root.ts";
import { switchesIn } from "../testing/find-switches.ts";
import { RecordingTools } from "../testing/recording-tools.ts";
import { Sandbox } from "../testing/run-stage6.ts";

/** Verbs from the acceptance to a record that holds. */
const VERBS = [
  ["accept", "--operator", "jp", "--key", "operator"],
  ["record"],
  ["validate"],
  ["status"],
  ["report"],
];

let sandbox: Sandbox;
let root: CompleteRoot;
let tools: RecordingTools;
let before: Map<string, string>;
const path = process.env["PATH"] ?? "";
const at = (...names: readonly string[]): string => join(sandbox.path, ...names);

beforeAll(async () => {
  sandbox = await Sandbox.make();
  root = await CompleteRoot.make(sandbox);
  tools = new RecordingTools(at("tools"));
  before = await sandbox.hashes("");
  process.env["PATH"] = `${tools.folder}:${path}`;
  for (const words of VERBS) {
    const { code, out, err } = await root.call(words, { PATH: process.env["PATH"] });
    if (code !== 0) throw new Error(`${words.join(" ")}: ${out}${err}`);
  }
  process.env["PATH"] = path;
}, 480_000);
afterAll(async () => {
  process.env["PATH"] = path;
  await sandbox.remove();
});

/** The one record and its line in the ledger. */
async function recorded(): Promise<{ readonly statement: EligibilityRecord; readonly entry: LedgerEntry }> {
  const [name = ""] = (await readdir(at("harness/eligibility"))).filter((one) => one.endsWith(".dsse.json"));
  const comparator = createPublicKey(KEYS.comparator);
  const opened = openEnvelope(
    await readFile(at("harness/eligibility", name)),
    new Map([[keyId(comparator), comparator]]),
  );
  const json = opened.ok ? parseStrictBytes(opened.payload) : null;
  const checked = json?.ok === true ? validateDocument(EligibilityRecord, json.value) : null;
  const ledger = await readFile(at("harness/eligibility/ledger.jsonl"));
  const [entry] = checkLedger({ path: "ledger.jsonl", bytes: ledger }).ledger?.entries ?? [];
  if (checked?.ok !== true || entry === undefined) throw new Error("nothing was recorded");
  return { statement: checked.value, entry };
}

/** Puts a statement, signed by the comparator and named by a ledger of its own, in the place of the record. */
async function replaceRecord(statement: object, entry: LedgerEntry): Promise<void> {
  await rm(at("harness/eligibility"), { recursive: true });
  const recordDigest = sha256(writeStrictBytes(statement));
  const { recordType, proofDigest, acceptanceDigest, revocations, recordedAt } = entry;
  await appendLedger(at("harness/eligibility/ledger.jsonl"), {
    recordType,
    recordDigest,
    proofDigest,
    acceptanceDigest,
    revocations,
    recordedAt,
  });
  await writeFile(
    at("harness/eligibility", `${digestHex(recordDigest).slice(0, 16)}.dsse.json`),
    signStatement(statement, KEYS.comparator),
  );
}

describe("a record of live evidence, written by the command line", () => {
  it("R4, R13, R14, R30: adds acceptance, record and their lines in ledger and journal, changes no other file, and turns nothing on", async () => {
    const after = await sandbox.hashes("");
    const changed = [...after].filter(([file, hash]) => before.get(file) !== hash && hash !== "folder");
    const names = changed
      .map(([file]) => relative(sandbox.path, file))
      .filter((name) => !name.startsWith("tools/"));
    expect(names.map((name) => name.replaceAll(/[0-9a-f]{16,}/g, "<hex>")).toSorted()).toEqual([
      "harness/acceptances/<hex>/jp.json",
      "harness/acceptances/<hex>/jp.json.sig",
      "harness/eligibility/<hex>.dsse.json",
      "harness/eligibility/ledger.jsonl",
      "harness/journal/journal.jsonl",
      "keys/sample/journal",
    ]);
    expect([...before.keys()].filter((file) => !after.has(file))).toEqual([]);
    expect(names.flatMap((name) => switchesIn(at(name)))).toEqual([]);
  });

  it("R13, R41: runs no tool that pushes, merges, publishes or opens anything", () => {
    const calls = tools.calls();
    expect(calls.filter((words) => classifyAttempt(words) !== null)).toEqual([]);
    expect(calls.filter(([tool]) => tool !== "git")).toEqual([]);
  });

  it.each([
    ["activation", "default"],
    ["enabledByDefault", true],
  ] as const)(
    "R14, R46: that differs in %s alone is refused in a root that lacks nothing (RECORD_INVALID)",
    async (field, value) => {
      const { statement, entry } = await recorded();
      await replaceRecord(statement, entry);
      expect(await root.call(["validate"])).toMatchObject({ code: 0 });
      const { stage6_record, ...predicate } = statement.predicate;
      const forged = {
        ...statement,
        predicate: { ...predicate, stage6_record: { ...stage6_record, [field]: value } },
      };
      await replaceRecord(forged, entry);
      try {
        const { code, out } = await root.call(["validate", "--json"]);
        expect(code).not.toBe(0);
        const judged: { checks: { id: string; verdict: string; code: string | null }[] } = JSON.parse(out);
        expect(judged.checks.find(({ id }) => id === "records")).toMatchObject({
          verdict: "fail",
          code: "RECORD_INVALID",
        });
      } finally {
        await replaceRecord(statement, entry);
      }
    },
    240_000,
  );
});
