import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { digestHex } from "@stage6/evidence-interface";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkLedger } from "../ledger/check-ledger.ts";
import { deriveRecord } from "../record/derive-record.ts";
import { NOW, wholeSample } from "../testing/sample-documents.ts";
import { KEYS } from "../testing/sample-keys.ts";
import { writeRecord } from "./write-record.ts";

const RUN = fileURLToPath(new URL("../../../../tools/run-source.mjs", import.meta.url));
const ONCE = fileURLToPath(new URL("../testing/record-once.ts", import.meta.url));

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "stage6-at-once-"));
});
afterAll(async () => rm(parent, { recursive: true, force: true }));

/** What a process that records said. */
async function record(...words: string[]): Promise<string> {
  const child = spawn(process.execPath, [RUN, ONCE, ...words], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 120_000,
    killSignal: "SIGKILL",
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  await new Promise((resolve) => child.once("close", resolve));
  return said.trimEnd();
}

/** A folder that no call has written to yet. */
async function fresh(name: string): Promise<string> {
  const folder = join(parent, name, "eligibility");
  await mkdir(folder, { recursive: true });
  return folder;
}

/** The ledger is whole, and the records that stand are those that it names; gives how many. */
async function assertSound(folder: string): Promise<number> {
  const names = await readdir(folder);
  const bytes = names.includes("ledger.jsonl") ? await readFile(join(folder, "ledger.jsonl")) : null;
  const { ledger, problems } = checkLedger(bytes === null ? null : { path: "ledger.jsonl", bytes });
  expect(problems).toEqual([]);
  const named = (ledger?.entries ?? []).map(
    ({ recordDigest }) => `${digestHex(recordDigest).slice(0, 16)}.dsse.json`,
  );
  expect(names.filter((name) => name !== "ledger.jsonl").toSorted()).toEqual(named.toSorted());
  return named.length;
}

it("R40: processes that record at once lose no record and no line, of one acceptance or of many", async () => {
  const folder = await fresh("many");
  const said = await Promise.all(["a", "b", "c", "a", "b", "a"].map((name) => record(folder, name)));
  expect(said.toSorted()).toEqual([
    "ACCEPTANCE_REPLAY",
    "ACCEPTANCE_REPLAY",
    "ACCEPTANCE_REPLAY",
    "done",
    "done",
    "done",
  ]);
  expect(await assertSound(folder)).toBe(3);
}, 240_000);

it("R40: a recording that ends at any step, by a kill or by a full, broken or read-only disk, leaves the ledger sound or is made good by the next one", async () => {
  const folder = join(parent, "faults");
  await mkdir(folder);
  const lines = (await record(folder, "faults")).split("\n");
  expect(lines.length).toBeGreaterThan(100);
  for (const line of lines) {
    const { fault, step, code, again }: Record<string, string> = JSON.parse(line);
    expect(["done", fault === "halt" ? "halted" : fault]).toContain(code);
    expect(fault === "halt" ? ["done"] : ["done", "ACCEPTANCE_REPLAY"]).toContain(again);
    const records = await assertSound(join(folder, `${fault}-${step}`, "eligibility"));
    expect(fault === "halt" ? [1, 2] : [1]).toContain(records);
  }
}, 240_000);

it("R40: a link in place of the folder or of the ledger is refused, and nothing is written where it leads", async () => {
  const derived = deriveRecord(wholeSample("live").documents, { now: NOW });
  const outside = join(parent, "outside");
  await mkdir(outside);
  await mkdir(join(parent, "linked"));
  await symlink(outside, join(parent, "linked", "eligibility"));
  await expect(
    writeRecord(join(parent, "linked", "eligibility"), derived, KEYS.comparator),
  ).rejects.toMatchObject({ code: "ENOTDIR" });
  const folder = await fresh("linked-ledger");
  await writeFile(join(outside, "target"), "");
  await symlink(join(outside, "target"), join(folder, "ledger.jsonl"));
  await expect(writeRecord(folder, derived, KEYS.comparator)).rejects.toMatchObject({ code: "ELOOP" });
  expect(await readdir(outside)).toEqual(["target"]);
  expect(await readFile(join(outside, "target"), "utf8")).toBe("");
});
