import { execFile, spawn } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { knownMatrix, leavesTrial, type Coverage } from "@stage6/failure-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureBackend } from "../../packages/cli/src/e2e/drive.ts";
import { coverWithoutWitness } from "../../packages/cli/src/e2e/without-witness.ts";
import { finish, Sandbox, STAGE6_MAIN, type Ran } from "../../packages/cli/src/testing/run-stage6.ts";
import { makeStandInCheckout } from "./stand-in-checkout.ts";

// The whole road with the real Codex and the real Pi. In the Case lane's place stands a program of ours: what is shown
// here is the road, never Case (packages/cli/src/e2e/operator-road.real.test.ts walks it with the real one).
const DEADLINE_MS = 1_200_000;
const TOOLS = join(import.meta.dirname, "..");
const FIXTURE = "fix-failing-test";

interface Gate {
  readonly checks: readonly { readonly id: string; readonly verdict: string; readonly code: string | null }[];
}

let folder: string;
let sandbox: Sandbox;
let env: NodeJS.ProcessEnv;
let road: Ran;
let copies = 0;
const at = (...path: readonly string[]): string => join(folder, "road", ...path);
const evidence = (root: string, lane: string): string => join(root, "runs", plan, lane, FIXTURE);
let plan = "";

beforeAll(async () => {
  await ensureBackend("codex");
  await ensureBackend("pi");
  folder = await mkdtemp(join(tmpdir(), "stage6-road-"));
  sandbox = await Sandbox.make();
  const { env: standIn } = await makeStandInCheckout(folder);
  env = { ...process.env, ...standIn, STAGE6_KEYS_DIR: at("keys") };
  const script = [join(TOOLS, "run-source.mjs"), join(TOOLS, "operator-road.ts"), at()];
  const child = spawn(process.execPath, [...script, "--fixtures", FIXTURE], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: DEADLINE_MS,
    killSignal: "SIGKILL",
  });
  road = await finish(child);
  [plan = ""] = await readdir(at("harness/runs"));
}, DEADLINE_MS);
afterAll(async () => {
  await sandbox.remove();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

const call = async (root: string, ...words: readonly string[]): Promise<Ran> =>
  sandbox.call(["--harness-root", root, ...words], env);

/** Id and code of every check that does not pass. */
async function refusals(root: string): Promise<string[]> {
  const { out, code } = await call(root, "validate", "--json");
  expect(code).not.toBe(0);
  const { checks }: Gate = JSON.parse(out);
  return checks.filter(({ verdict }) => verdict !== "pass").map(({ id, code: why }) => `${id} ${why ?? ""}`);
}

/** A copy of the root as it was before the record. */
async function unrecorded(): Promise<string> {
  const root = join(folder, `copy-${(copies += 1)}`);
  await cp(at("harness"), root, { recursive: true });
  await rm(join(root, "eligibility"), { recursive: true });
  // The record is the last line of the journal, and what this user saw of it goes back with the copy.
  const journal = join(root, "journal/journal.jsonl");
  const lines = (await readFile(journal, "utf8")).trimEnd().split("\n");
  await writeFile(
    journal,
    lines
      .slice(0, -1)
      .map((line) => `${line}\n`)
      .join(""),
  );
  for (const id of await readdir(at("keys"))) await rm(at("keys", id, "journal"), { force: true });
  return root;
}

/** Removes a path below a root. */
const gone = async (root: string, ...path: readonly string[]): Promise<void> =>
  rm(join(root, ...path), { recursive: true });

describe("the road with a stand-in for the candidate", () => {
  it("R38, R58: goes from an empty folder to a rehearsal beside the real Codex and Pi, and no further", async () => {
    expect({ code: road.code, err: road.code === 0 ? "" : `${road.out}${road.err}` }).toEqual({
      code: 0,
      err: "",
    });
    expect(road.out).toContain("cells 260, covered 251, blocked 9, open 0, wrong closure 0\n");
    expect(road.out).toContain("Recorded rehearsal: ");
    expect(road.out).toContain("Missing: evidence-class\n");
    const records = await readdir(at("harness/eligibility"));
    expect(records.filter((file) => file.endsWith(".dsse.json"))).toHaveLength(1);
    expect(await refusals(at("harness"))).toEqual(["evidence-class EVIDENCE_MISSING"]);
  });

  it("R39: closes every row of every lane, the real Codex and the real Pi too, and blocks only what no stream can say", async () => {
    const said = await call(await unrecorded(), "matrix", "--json", "--no-run");
    const { coverage }: { readonly coverage: Coverage } = JSON.parse(said.out);
    const cells = coverage.cells
      .filter(({ state }) => state === "blocked")
      .map(({ row, lane }) => `${row} ${lane}`);
    const undrivable = knownMatrix().rows.flatMap(({ id, undrivable: lanes }) =>
      lanes.map(({ lane }) => `${id} ${lane}`),
    );
    expect(cells.toSorted()).toEqual(undrivable.toSorted());
    // Each trial decides by one witness, and without it the cell is red.
    const trials = knownMatrix().rows.filter(({ ways }) =>
      ways.some(({ injector }) => leavesTrial(injector)),
    );
    expect(await coverWithoutWitness(at("harness/matrix/runs"), coverage)).toEqual({
      green: [],
      rows: trials.map(({ id }) => id),
    });
  }, 300_000);

  it("is told from every tested Case before anything runs", async () => {
    const probe = await call(at("harness"), "probe");
    expect(probe.out).toContain("not tested with this lane");
  });

  it("R44, R45: the two commands inside the root agree with stage6 validate and stage6 health, which refuses a rehearsal (STAGE6_NOT_VALIDATED)", async () => {
    const now = ["--now", new Date().toISOString()];
    const words = ["--harness-root", "harness", "--json", ...now];
    const shell = async (file: string, args: readonly string[]): Promise<Ran> => {
      const command = join(folder, "stage6-program");
      const line = [process.execPath, STAGE6_MAIN].map((word) => `'${word}'`).join(" ");
      await writeFile(command, `#!/bin/sh\nexec ${line} "$@"\n`, { mode: 0o755 });
      const own = { ...sandbox.env, ...env, STAGE6_COMMAND: command };
      return finish(execFile(file, args, { cwd: at(), env: own, timeout: 120_000 }));
    };
    const python = await shell("python3", ["harness/runner/validate-case-stage6.py", ...words]);
    const ours = await call(at("harness"), "validate", "--json", ...now);
    expect(python.code).toBe(1);
    expect(JSON.parse(python.out)).toEqual(JSON.parse(ours.out));
    const health = await shell(at("harness/evals/health.sh"), ["--json", ...now]);
    const healthy = await call(at("harness"), "health", "--json", ...now);
    expect(health.code).toBe(1);
    expect(JSON.parse(health.out)).toEqual(JSON.parse(healthy.out));
    expect(health.out).toContain("STAGE6_NOT_VALIDATED");
  }, 300_000);
});

describe("a copy of the root, with one conjunct of the success definition removed", () => {
  it("can be recorded while all of them hold", async () => {
    expect(await call(await unrecorded(), "record")).toMatchObject({ code: 0 });
  }, 300_000);

  // What the other three speak of (changed paths, closure, authority) is derived from signed events, and cannot be taken
  // away without the runner's key: packages/eligibility/src/decide/success-definition.test.ts has all ten.
  const CONJUNCTS: readonly (readonly [string, string, string, (root: string) => Promise<void>])[] = [
    [
      "R33",
      "report shape",
      "bundles SCHEMA_INVALID",
      async (root) => {
        const file = join(evidence(root, "case"), "001/report.json");
        const report = await readFile(file, "utf8");
        await writeFile(file, report.replace('"outcome":"completed"', '"outcome":"fine"'));
      },
    ],
    [
      "R34",
      "event validity",
      "bundles EVENTS_INVALID",
      async (root) => {
        const file = join(evidence(root, "case"), "001/events.jsonl");
        const events = await readFile(file, "utf8");
        await writeFile(file, events.slice(0, events.lastIndexOf("\n", events.length - 2) + 1));
      },
    ],
    [
      "R37",
      "artifact completeness",
      "bundles ARTIFACT_MISSING",
      async (root) => gone(evidence(root, "case"), "001/artifacts/changes.patch"),
    ],
    ["R31", "a comparison with Pi", "comparison MISSING_TRIAL", async (root) => gone(evidence(root, "pi"))],
    [
      "R38",
      "current source admission",
      "source-admission SOURCE_MISSING",
      async (root) => gone(root, "admissions/case"),
    ],
    [
      "R39",
      "failure matrix coverage",
      "failure-matrix MATRIX_ROW_OPEN",
      async (root) => gone(root, "matrix/runs"),
    ],
    [
      "R40",
      "operator acceptance",
      "operator-acceptance ACCEPTANCE_MISSING",
      async (root) => gone(root, "acceptances"),
    ],
  ];
  it.each(CONJUNCTS)(
    "%s, R58: without %s it refuses (%s), and records nothing",
    async (_requirement, _conjunct, expected, remove) => {
      const root = await unrecorded();
      await remove(root);
      const refused = await refusals(root);
      expect(refused).toContain(expected);
      expect((await call(root, "record")).code).not.toBe(0);
      const ledger = await readFile(join(root, "eligibility/ledger.jsonl"), "utf8").catch(() => "");
      expect(ledger).toBe("");
    },
    300_000,
  );
});
