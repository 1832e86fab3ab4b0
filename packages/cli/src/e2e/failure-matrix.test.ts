import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { checkDocument } from "@stage6/evidence-interface";
import { Coverage, knownMatrix, leavesTrial } from "@stage6/failure-matrix";
import Type from "typebox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureBackend } from "./drive.ts";
import { coverWithoutWitness } from "./without-witness.ts";
import { STAGE6_MAIN } from "../testing/run-stage6.ts";

const DEADLINE_MS = 900_000;
const matrix = knownMatrix();
/** A rehearsal that drives the matrix when its own trials, so many, are done. */
const REHEARSAL = ["--candidate", "fake", "--lanes", "fake", "--fixtures", "add-feature"];
const REHEARSED = 3;
const MatrixResult = Type.Object({
  exitCode: Type.Integer(),
  coverage: Coverage,
  findings: Type.Array(Type.String()),
});

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe("stage6 matrix", () => {
  let parent = "";
  let killedAfter = 0;
  let resumed = "";
  let fake: Coverage;

  const start = (...args: readonly string[]): ChildProcess =>
    spawn(process.execPath, [STAGE6_MAIN, ...args, "--harness-root", join(parent, "harness")], {
      cwd: parent,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      env: { ...process.env, STAGE6_KEYS_DIR: join(parent, "keys") },
    });
  const collect = (child: ChildProcess): { out: string; err: string } => {
    const text = { out: "", err: "" };
    child.stdout?.setEncoding("utf8").on("data", (part: string) => (text.out += part));
    child.stderr?.setEncoding("utf8").on("data", (part: string) => (text.err += part));
    return text;
  };
  const kill = (child: ChildProcess): void => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  };
  const run = async (...args: readonly string[]): Promise<Ran> => {
    const child = start(...args);
    const text = collect(child);
    const [code] = await once(child, "close", { signal: AbortSignal.timeout(DEADLINE_MS) });
    return { code: typeof code === "number" ? code : null, ...text };
  };
  const coverageOf = async (
    ...args: readonly string[]
  ): Promise<{ readonly code: number | null; readonly coverage: Coverage; readonly err: string }> => {
    const { code, out, err } = await run("matrix", "--json", ...args);
    const all: unknown = JSON.parse(out);
    const parsed = checkDocument(
      Type.Object({ ...MatrixResult.properties }, { additionalProperties: true }),
      all,
      "result",
    );
    if (parsed.value === null) throw new Error(`${out}\n${err}`);
    expect(parsed.value.findings).toEqual([]);
    return { code, coverage: parsed.value.coverage, err };
  };
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), "stage6-matrix-"));
    if ((await run("init")).code !== 0) throw new Error("stage6 init failed");
    const first = start("rehearse", ...REHEARSAL, "--matrix", "--no-install");
    const text = collect(first);
    const gone = once(first, "close", { signal: AbortSignal.timeout(DEADLINE_MS) });
    const until = Date.now() + 120_000;
    const done = (): number => text.err.split("\n").filter((line) => line.startsWith("[")).length;
    while (done() < REHEARSED + 5 && first.exitCode === null && Date.now() < until) await sleep(50);
    kill(first);
    await gone;
    killedAfter = done() - REHEARSED;
    const again = await coverageOf("--lane", "fake", "--no-install");
    resumed = again.err;
    fake = again.coverage;
    const { counts } = fake;
    process.stdout.write(
      `failure matrix, fake: rows ${counts.rows}, cells ${counts.cells}, covered ${counts.covered}, blocked ${counts.blocked}, open ${counts.open}, wrong closure ${counts.wrong}\n`,
    );
  }, 1_200_000);
  afterAll(() => rm(parent, { recursive: true, force: true, maxRetries: 3 }));

  it("closes every row that the fake lane can be driven into, and blocks the others with a reason", () => {
    expect(fake.cells.filter(({ state }) => state === "open" || state === "wrong-closure")).toEqual([]);
    expect(fake.counts).toMatchObject({
      rows: matrix.rows.length,
      cells: matrix.rows.length,
      open: 0,
      wrong: 0,
    });
    const blocked = fake.cells.filter(({ state }) => state === "blocked").map(({ row }) => row);
    expect(blocked).toEqual(
      matrix.rows
        .filter(({ undrivable }) => undrivable.some(({ lane }) => lane === "fake"))
        .map(({ id }) => id),
    );
  });

  it("goes on with what a rehearsal had not recorded when it was killed", () => {
    expect(killedAfter).toBeGreaterThanOrEqual(5);
    const trials = matrix.rows.flatMap(({ ways }) =>
      ways.filter(({ lanes, injector }) => lanes.includes("fake") && leavesTrial(injector)),
    );
    const sealed = resumed.split("\n").filter((line) => line.startsWith("[")).length;
    expect(sealed).toBeLessThanOrEqual(trials.length - killedAfter);
  });

  it("turns every cell of a trial red when the witness of its closure is taken away", async () => {
    const { green, rows } = await coverWithoutWitness(join(parent, "harness/matrix/runs"), fake);
    expect(green).toEqual([]);
    // What leaves no trial is shown to fail elsewhere: drills, spoiled bundles and inputs of the gate, each beside its code.
    const trials = matrix.rows.filter(({ ways }) =>
      ways.some(({ lanes, injector }) => lanes.includes("fake") && leavesTrial(injector)),
    );
    expect(rows).toEqual(trials.map(({ id }) => id));
  });

  it("blocks the cells of a Case that is not there for that reason alone, until the block ends", async () => {
    const { code, coverage } = await coverageOf("--no-run", "--lane", "case");
    expect(code).toBe(0);
    expect(new Set(coverage.cells.map(({ state, block }) => `${state} ${block?.reasonCode ?? ""}`))).toEqual(
      new Set(["blocked SOURCE_MISSING"]),
    );
    const later = new Date(Date.parse(fake.now) + 31 * 86_400_000).toISOString();
    const expired = await coverageOf("--no-run", "--lane", "case", "--now", later);
    expect(expired.code).toBe(1);
    expect(new Set(expired.coverage.cells.map((cell) => cell.code))).toEqual(
      new Set(["MATRIX_BLOCK_EXPIRED"]),
    );
  }, 120_000);

  it("makes records again and does not believe an edited one", async () => {
    const file = join(parent, "harness", "matrix", "injections", "F15.fake.1.json");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace('"ARTIFACT_MISSING"', '"ARTIFACT_EXTRA"'));
    const { code, coverage } = await coverageOf("--no-run", "--lane", "fake", "--row", "F15");
    await writeFile(file, text);
    expect(code).toBe(1);
    expect(coverage.cells).toMatchObject([{ state: "open", code: "MATRIX_EVIDENCE_INVALID" }]);
  }, 120_000);

  it("keeps a signed last good table of the canary, and names what changed", async () => {
    await ensureBackend("pi");
    const first = await run("matrix", "--canary", "--lane", "pi", "--row", "F14,F40");
    expect([first.code, first.out.split("\n").at(-2)]).toEqual([
      0,
      "Wrote matrix/canary/last-good.dsse.json",
    ]);
    const fewer = await run("matrix", "--canary", "--lane", "pi", "--row", "F14");
    expect(fewer.code).toBe(1);
    expect(fewer.out).toContain("changed  pi F40: was AUTH_FAILURE, is not driven");
    const file = join(parent, "harness", "matrix", "canary", "last-good.dsse.json");
    await writeFile(file, (await readFile(file, "utf8")).replace('"sig":"', '"sig":"A'));
    expect((await run("matrix", "--canary", "--lane", "pi", "--row", "F14")).code).toBe(3);
  }, 300_000);
});
