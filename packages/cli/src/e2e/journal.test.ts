import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sha256 } from "@stage6/evidence-interface";
import type { GateResult } from "@stage6/validator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CompleteRoot, makeSshKey } from "../testing/complete-root.ts";
import { Sandbox } from "../testing/run-stage6.ts";

const ACCEPT = ["accept", "--operator", "jp", "--key", "operator"];
/** A validation of the admitted source that failed after the one that the plan rests on. */
const FAILED = {
  schemaVersion: "1.0",
  result: "FAILED",
  source: { repository: "case", commit: "c".repeat(40), gitTree: "d".repeat(40) },
  target: { repository: "tally", ownership: "owned-noncritical", baseCommit: "e".repeat(40) },
  validator: { name: "stage5", version: "1.0.0" },
  startedAt: "2026-06-03T00:00:00.000Z",
  finishedAt: "2026-06-03T01:00:00.000Z",
  expiresAt: "2026-08-01T00:00:00.000Z",
};
/** Folders that hold many files alike, and that no call of this test writes. */
const SAME = new Set(["runs", "matrix", "attempts"]);

let sandbox: Sandbox;
let root: CompleteRoot;
/** Every file of a root in which everything holds. */
let good: ReadonlyMap<string, Buffer>;
const harness = (...path: readonly string[]): string => join(sandbox.path, "harness", ...path);
const seen = (): string => join(sandbox.path, "keys/sample/journal");

beforeAll(async () => {
  sandbox = await Sandbox.make();
  root = await CompleteRoot.make(sandbox);
  await makeSshKey(sandbox, "second");
  const added = ["operator", "add", "second", "--key", "second.pub", "--founder", "operator"];
  for (const words of [added, ACCEPT, ["record"]]) {
    const { code, out, err } = await root.call(words);
    if (code !== 0) throw new Error(`${words.join(" ")}: ${out}${err}`);
  }
  const { open } = await judge();
  if (open.length > 0) throw new Error(open.join(", "));
  good = await snapshot();
}, 300_000);
afterAll(() => sandbox.remove());

async function judge(): Promise<{ readonly exitCode: number; readonly open: readonly string[] }> {
  const { out } = await root.call(["validate", "--incremental", "--json"]);
  const { exitCode, checks }: GateResult = JSON.parse(out);
  const open = checks
    .filter(({ verdict }) => verdict === "fail")
    .map(({ id, code }) => `${id} ${code ?? ""}`);
  return { exitCode, open };
}

async function snapshot(): Promise<Map<string, Buffer>> {
  const entries = await readdir(harness(), { recursive: true, withFileTypes: true });
  const files = new Map<string, Buffer>();
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name).slice(harness().length + 1);
    if (!SAME.has(path.split("/")[0] ?? "")) files.set(path, await readFile(harness(path)));
  }
  return files;
}

/** Makes files as they were in a snapshot; a file that was not there is removed. */
async function makeAs(files: ReadonlyMap<string, Buffer>, paths: Iterable<string>): Promise<void> {
  for (const path of paths) {
    const bytes = files.get(path);
    await rm(harness(path), { force: true });
    if (bytes === undefined) continue;
    await mkdir(dirname(harness(path)), { recursive: true });
    await writeFile(harness(path), bytes);
  }
}

const acceptanceDigest = async (): Promise<string> =>
  sha256(await readFile(harness("acceptances", root.proof.slice(7), "jp.json")));

describe("what speaks against a record, once it is there, is not taken away", () => {
  test.each([
    [
      "a revocation",
      async () => ["revoke", "acceptance", await acceptanceDigest(), "--reason", "made in error"],
    ],
    [
      "a failed validation",
      async () => {
        const at = (name: string): string => join(sandbox.path, name);
        await mkdir(at("failed"), { recursive: true });
        await writeFile(at("failed/report.txt"), "it failed\n");
        await writeFile(at("failed.json"), JSON.stringify(FAILED));
        return ["stage5", "--files", "failed", "--statement", "failed.json"];
      },
    ],
    ["a rejection", async () => ["accept", "--operator", "second", "--key", "second", "--reject"]],
  ] as const)(
    "R12, R40: %s: without it, with the journal cut, or the whole root as it was, nothing passes (JOURNAL_DOCUMENT, JOURNAL_ROLLED_BACK)",
    async (_, words) => {
      const call = await root.call(await words());
      expect(`${call.out}${call.err}`).toMatch(/^(Revoked|Recorded that|Registered)|\nRecorded that/m);
      const bad = await snapshot();
      const refused = await judge();
      expect(refused).toMatchObject({ exitCode: 1 });
      const written = [...new Set([...good.keys(), ...bad.keys()])].filter(
        (path) => good.get(path)?.equals(bad.get(path) ?? Buffer.of()) !== true,
      );
      expect(written).toContain("journal/journal.jsonl");
      const passed: string[] = [];
      const attack = async (what: string, paths: Iterable<string>): Promise<void> => {
        await makeAs(good, paths);
        const { exitCode, open } = await judge();
        // What lies beside a document is none: the document that it belongs to refuses by itself.
        const shown = open.some((one) => /^journal JOURNAL_|ACCEPTANCE_SIGNATURE$|STAGE5_FAILED$/.test(one));
        if (exitCode === 0 || !shown) passed.push(`${what}: ${exitCode} ${open.join(", ")}`);
        await makeAs(bad, written);
      };
      for (const path of written) await attack(path, [path]);
      await attack(
        "all but the journal",
        written.filter((path) => !path.startsWith("journal/")),
      );
      await attack("all of it", written);
      expect(passed).toEqual([]);
      expect(await judge()).toEqual(refused);
      // This user begins again, as one who has not seen what came.
      await makeAs(good, written);
      await rm(seen());
      expect(await judge()).toEqual({ exitCode: 0, open: [] });
    },
    240_000,
  );
});

test("R5, R40: the whole folder of records, or the journal itself, is missed (JOURNAL_DOCUMENT, JOURNAL_ROLLED_BACK, JOURNAL_MISSING)", async () => {
  const records = [...good.keys()].filter((path) => path.startsWith("eligibility/"));
  await makeAs(new Map(), records);
  expect(await judge()).toMatchObject({ exitCode: 3, open: ["journal JOURNAL_DOCUMENT"] });
  await makeAs(good, records);
  await makeAs(new Map(), ["journal/journal.jsonl"]);
  expect(await judge()).toMatchObject({ exitCode: 3, open: ["journal JOURNAL_ROLLED_BACK"] });
  await rm(seen());
  // The operator's acceptance says how far the journal went, also to a person who has never seen the root.
  expect(await judge()).toMatchObject({ exitCode: 3, open: ["journal JOURNAL_ROLLED_BACK"] });
  await makeAs(good, ["journal/journal.jsonl"]);
  expect(await judge()).toEqual({ exitCode: 0, open: [] });
}, 120_000);

test("R9, R40: a verb writes nothing into a root that was rolled back, and nothing that is dated before its journal (JOURNAL_ROLLED_BACK, CLOCK_BEHIND)", async () => {
  const bytes = good.get("journal/journal.jsonl") ?? Buffer.of();
  await writeFile(
    harness("journal/journal.jsonl"),
    `${bytes.toString("utf8").trimEnd().split("\n").slice(0, -1).join("\n")}\n`,
  );
  const revoke = ["revoke", "proof", root.proof, "--reason", "a try"];
  const before = await snapshot();
  expect(await root.call(revoke)).toMatchObject({
    code: 3,
    err: expect.stringContaining("JOURNAL_ROLLED_BACK"),
  });
  expect(await snapshot()).toEqual(before);
  await makeAs(good, ["journal/journal.jsonl"]);
  const early = await root.call([...revoke, "--now", "2026-06-01T00:00:00.000Z"]);
  expect(early).toMatchObject({ code: 1, err: expect.stringContaining("CLOCK_BEHIND") });
  expect(await snapshot()).toEqual(new Map(good));
}, 120_000);
