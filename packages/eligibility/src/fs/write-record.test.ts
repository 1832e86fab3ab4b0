import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { digestHex } from "@stage6/evidence-interface";
import { afterAll, expect, it } from "vitest";
import { checkLedger } from "../ledger/check-ledger.ts";
import { deriveRecord } from "../record/derive-record.ts";
import { NOW, wholeSample } from "../testing/sample-documents.ts";
import { KEYS } from "../testing/sample-keys.ts";
import { writeRecord } from "./write-record.ts";

const RUN = fileURLToPath(new URL("../../../../tools/run-source.mjs", import.meta.url));
const WRITER = fileURLToPath(new URL("../testing/record-writer.ts", import.meta.url));
const KILLS = 8;
const derived = deriveRecord(wholeSample("live").documents, { now: NOW });

const made: string[] = [];
afterAll(async () => {
  for (const folder of made) await rm(folder, { recursive: true, force: true });
});

/** Starts the writer, kills it with SIGKILL some time after its first record, and gives its folders with how many records it told of. */
async function killedWriter(after: number): Promise<{ readonly folders: string[]; readonly told: number }> {
  const parent = await mkdtemp(join(tmpdir(), "stage6-record-"));
  made.push(parent);
  const child = spawn(process.execPath, [RUN, WRITER, parent], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  let told = "";
  child.stdout.on("data", (chunk: Buffer) => (told += chunk.toString("utf8")));
  const deadline = setTimeout(() => child.kill("SIGKILL"), 60_000);
  await once(child.stdout, "data");
  await new Promise((resolve) => setTimeout(resolve, after));
  // The runner starts the program as a child of its own: the whole group has to go at once.
  if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  await once(child, "close");
  clearTimeout(deadline);
  return {
    folders: (await readdir(parent)).map((name) => join(parent, name)),
    told: told.split("\n").length - 1,
  };
}

/** Records that stand in a folder under their own names, and those that its ledger names. */
async function standing(folder: string): Promise<{ readonly files: string[]; readonly named: string[] }> {
  const names = await readdir(folder);
  const bytes = names.includes("ledger.jsonl") ? await readFile(join(folder, "ledger.jsonl")) : null;
  const { ledger, problems } = checkLedger(bytes === null ? null : { path: "ledger.jsonl", bytes });
  expect(problems).toEqual([]);
  return {
    files: names.filter((name) => name.endsWith(".dsse.json")),
    named: (ledger?.entries ?? []).map(
      ({ recordDigest }) => `${digestHex(recordDigest).slice(0, 16)}.dsse.json`,
    ),
  };
}

it(
  `R40: a recording that is killed at ${KILLS} random moments leaves the ledger whole, no record without its line, and the next call makes good what is missing`,
  { timeout: 400_000 },
  async () => {
    let caught = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { folders, told } = await killedWriter((kill * 13) % 71);
      expect(folders.length).toBeGreaterThanOrEqual(told);
      for (const folder of folders) {
        const before = await standing(folder);
        for (const file of before.files) expect(before.named).toContain(file);
        if (before.files.length === 1) continue;
        caught += 1;
        // What the ledger names is published, what it does not name is recorded anew.
        const again = await writeRecord(
          folder,
          before.named.length === 1 ? { ...derived, statement: null, draft: null } : derived,
          KEYS.comparator,
        );
        expect(again === null).toBe(before.named.length === 1);
        const after = await standing(folder);
        expect(after.files).toEqual(after.named);
        expect(after.files).toHaveLength(1);
        // A dead writer's lock is taken over by whoever writes next; nothing half written stays.
        expect((await readdir(folder)).filter((name) => name.endsWith(".draft"))).toEqual([]);
      }
    }
    // Most kills fall into a recording: had none, nothing would have been shown.
    expect(caught).toBeGreaterThan(0);
  },
);
