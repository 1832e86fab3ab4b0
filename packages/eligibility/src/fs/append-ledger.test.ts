import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sha256 } from "@stage6/evidence-interface";
import { afterAll, describe, expect, it } from "vitest";
import { readChainedLines } from "@stage6/evidence-interface";
import { checkLedger } from "../ledger/check-ledger.ts";
import { Revocation } from "../trust/revocation.ts";
import { appendLedger, appendRevocation } from "./append-ledger.ts";

const made: string[] = [];
afterAll(async () => {
  for (const folder of made) await rm(folder, { recursive: true, force: true });
});
async function ledgerFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "stage6-ledger-"));
  made.push(folder);
  return join(folder, "ledger.jsonl");
}
const draft = (name: string) =>
  ({
    recordType: "rehearsal",
    recordDigest: sha256(`record ${name}`),
    proofDigest: sha256(`proof ${name}`),
    acceptanceDigest: sha256(`acceptance ${name}`),
    revocations: 1,
    recordedAt: "2026-06-05T00:00:00.000Z",
  }) as const;
async function entries(file: string): Promise<number> {
  const bytes = await readFile(file);
  const { ledger, problems } = checkLedger({ path: file, bytes });
  expect(problems).toEqual([]);
  return ledger?.entries.length ?? -1;
}

const RUN = fileURLToPath(new URL("../../../../tools/run-source.mjs", import.meta.url));
const WRITER = fileURLToPath(new URL("../testing/ledger-writer.ts", import.meta.url));

/** Starts the writer, kills it with SIGKILL some time after its first entry, and gives how many entries it told of. */
async function killedWriter(file: string, name: string, after: number): Promise<number> {
  const child = spawn(process.execPath, [RUN, WRITER, file, name], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  let told = "";
  child.stdout.on("data", (chunk: Buffer) => (told += chunk.toString("utf8")));
  const deadline = setTimeout(() => child.kill("SIGKILL"), 30_000);
  await once(child.stdout, "data");
  await new Promise((resolve) => setTimeout(resolve, after));
  // The runner starts the program as a child of its own: the whole group has to go at once.
  if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  await once(child, "close");
  clearTimeout(deadline);
  return told.split("\n").length - 1;
}

describe("appendLedger", () => {
  it("R40: adds entries to a chain and leaves nothing beside it", async () => {
    const file = await ledgerFile();
    expect((await appendLedger(file, draft("a"))).seq).toBe(0);
    expect((await appendLedger(file, draft("b"))).seq).toBe(1);
    expect(await entries(file)).toBe(2);
    expect(await readdir(join(file, ".."))).toEqual(["ledger.jsonl"]);
  });

  it("R40: refuses an acceptance that stands there already (ACCEPTANCE_REPLAY)", async () => {
    const file = await ledgerFile();
    await appendLedger(file, draft("a"));
    const again = { ...draft("b"), acceptanceDigest: draft("a").acceptanceDigest };
    await expect(appendLedger(file, again)).rejects.toMatchObject({ code: "ACCEPTANCE_REPLAY" });
    expect(await entries(file)).toBe(1);
  });

  it("R40: adds nothing to a broken ledger and repairs nothing (LEDGER_BROKEN)", async () => {
    const file = await ledgerFile();
    await appendLedger(file, draft("a"));
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, -3));
    await expect(appendLedger(file, draft("b"))).rejects.toMatchObject({ code: "LEDGER_BROKEN" });
    expect(await readFile(file)).toEqual(whole.subarray(0, -3));
  });

  it("R40: refuses an entry older than the last one (CLOCK_BEHIND)", async () => {
    const file = await ledgerFile();
    await appendLedger(file, draft("a"));
    const older = { ...draft("b"), recordedAt: "2026-06-04T00:00:00.000Z" };
    await expect(appendLedger(file, older)).rejects.toMatchObject({ code: "CLOCK_BEHIND" });
    expect(await entries(file)).toBe(1);
  });

  it("R40: lets every one of many writers in one process come through, one after the other", async () => {
    const file = await ledgerFile();
    await Promise.all(Array.from({ length: 12 }, (_, at) => appendLedger(file, draft(String(at)))));
    expect(await entries(file)).toBe(12);
  });

  it("R40: takes over the lock of a process that is gone and what it left half written", async () => {
    const file = await ledgerFile();
    // A process of this boot and this namespace, with a number that no process has.
    const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).slice(0, 8);
    const space = (await readlink("/proc/self/ns/pid")).replaceAll(/[^0-9]/g, "");
    await writeFile(join(file, `../.ledger.jsonl.lock-2147483646-1-${space}-${boot}-${randomUUID()}`), "");
    await writeFile(join(file, "../.ledger.jsonl.half"), "{");
    await appendLedger(file, draft("a"));
    expect(await readdir(join(file, ".."))).toEqual(["ledger.jsonl"]);
  });

  it(
    "R40: never takes over the lock of another user's process (LEDGER_BUSY)",
    { timeout: 120_000 },
    async () => {
      const file = await ledgerFile();
      const isRoot = process.getuid?.() === 0;
      // A process that may not be signalled: for another user this very one, for anybody else the first of the system.
      const pid = isRoot ? process.pid : 1;
      const stat = await readFile(`/proc/${pid}/stat`, "latin1");
      const start = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
      const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).slice(0, 8);
      const space = (await readlink("/proc/self/ns/pid")).replaceAll(/[^0-9]/g, "");
      const lock = `.ledger.jsonl.lock-${pid}-${start}-${space}-${boot}-${randomUUID()}`;
      await writeFile(join(file, "..", lock), "", { mode: 0o644 });
      await chmod(join(file, ".."), 0o777);
      const user = isRoot ? ["65534"] : [];
      const child = spawn(process.execPath, [RUN, WRITER, file, "other", ...user], {
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      });
      let [told, said] = ["", ""];
      child.stdout.on("data", (chunk: Buffer) => {
        told += chunk.toString("utf8");
        // It would go on for ever: one entry says enough.
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      });
      child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
      await once(child, "close");
      expect(told).toBe("");
      expect(said).toContain("LEDGER_BUSY");
      expect(await readdir(join(file, ".."))).toEqual([lock]);
    },
  );

  it(
    "R40: is whole after each of eight SIGKILLs, with every entry that was told of",
    { timeout: 240_000 },
    async () => {
      const file = await ledgerFile();
      let told = 0;
      for (let kill = 0; kill < 8; kill += 1) {
        told += await killedWriter(file, `writer ${kill}`, (kill * 11) % 53);
        expect(await entries(file)).toBeGreaterThanOrEqual(told);
      }
      await appendLedger(file, draft("last"));
      expect(await entries(file)).toBeGreaterThan(told);
    },
  );
});

describe("appendRevocation", () => {
  it("R40: begins with an opening and chains what follows", async () => {
    const file = await ledgerFile();
    const line = (kind: "opened" | "proof") => ({
      kind,
      id: kind === "opened" ? "none" : sha256("proof"),
      revokedAt: "2026-06-05T00:00:00.000Z",
      reason: "test",
    });
    await expect(appendRevocation(file, line("proof"))).rejects.toMatchObject({ code: "TRUST_ROOT_UNSAFE" });
    await appendRevocation(file, line("opened"));
    await expect(appendRevocation(file, line("opened"))).rejects.toMatchObject({ code: "TRUST_ROOT_UNSAFE" });
    await appendRevocation(file, line("proof"));
    const read = readChainedLines(Revocation, await readFile(file), (one) => one);
    expect(read.ok && read.lines.map(({ kind }) => kind)).toEqual(["opened", "proof"]);
  });
});
