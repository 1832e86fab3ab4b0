import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SampleTrial } from "@stage6/evidence-interface/testing";
import { writeGateRoot } from "@stage6/validator/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CompleteRoot } from "../testing/complete-root.ts";
import { Sandbox } from "../testing/run-stage6.ts";

interface Check {
  readonly id: string;
  readonly verdict: string;
  readonly code: string | null;
  readonly requirements: readonly string[];
}
interface Judged {
  readonly verdict: string;
  readonly checks: readonly Check[];
  readonly comparison?: { readonly checks: readonly Check[] };
}
type Spoil = (trial: SampleTrial) => SampleTrial;

const observed =
  (change: (observation: SampleTrial["observation"]) => Partial<SampleTrial["observation"]>): Spoil =>
  (trial) => ({ ...trial, observation: { ...trial.observation, ...change(trial.observation) } });

/** Trials of a lane, sealed as the runner seals them, in which one thing is not as it has to be. */
const SPOILT: readonly (readonly [string, string, string, string, string, Spoil])[] = [
  [
    "R33",
    "report shape",
    "case",
    "dimension.report-shape",
    "KINDS_MISSING",
    // As if it had never said what it changed: what every baseline's report holds is lacking.
    (trial) => ({ ...trial, events: trial.events.filter(([type]) => type !== "change.claimed") }),
  ],
  [
    "R34",
    "event validity",
    "case",
    "dimension.event-validity",
    "LINES_UNREAD",
    (trial) => {
      const at = trial.events.findIndex(([type]) => type === "process.ended");
      const raw = { artifact: "artifacts/stdout.raw", offset: 0, length: 10 };
      return {
        ...trial,
        events: trial.events.toSpliced(at, 0, ["line.unread", { raw, reason: "not-json" }]),
      };
    },
  ],
  [
    "R35",
    "allowed-path compliance",
    "case",
    "dimension.allowed-paths",
    "BOUNDARY_VIOLATION",
    observed(({ workspace }) => ({
      workspace: {
        ...workspace,
        changes: [
          { path: "package.json", kind: "modified", verdict: "violation", rule: "outside-allowed" },
          ...workspace.changes,
        ],
      },
    })),
  ],
  [
    "R36",
    "failure closure",
    "case",
    "dimension.failure-closure",
    "ORPHAN",
    observed(({ workspace }) => ({ workspace: { ...workspace, settled: false } })),
  ],
  [
    "R37",
    "artifact completeness",
    "case",
    "dimension.artifact-completeness",
    "SECRET_LEAK",
    observed(() => ({
      secrets: { declared: 1, hits: [{ artifact: "artifacts/stdout.raw", form: "plain", count: 1 }] },
    })),
  ],
  [
    "R41",
    "absence of authority drift",
    "codex",
    "authority",
    "FORBIDDEN_ACTION_SUCCEEDED",
    observed(({ actions }) => ({
      actions: actions.map((one) =>
        one.action === "push" ? { ...one, verdict: "happened", reason: "refs changed" } : one,
      ),
    })),
  ],
];

/** What is taken out of a root that lacks nothing else. */
const REMOVED: readonly (readonly [string, string, string, string, readonly string[]])[] = [
  ["R31", "a comparison with fake, Codex and Pi", "comparison", "MISSING_TRIAL", ["runs", "{plan}", "pi"]],
  ["R38", "current source admission", "source-admission", "SOURCE_MISSING", ["admissions"]],
  ["R39", "failure matrix coverage", "failure-matrix", "MATRIX_ROW_OPEN", ["matrix", "blocked"]],
  ["R40", "operator acceptance", "operator-acceptance", "ACCEPTANCE_MISSING", ["acceptances"]],
];

let sandbox: Sandbox;
let root: CompleteRoot;
beforeAll(async () => {
  sandbox = await Sandbox.make();
  root = await CompleteRoot.make(sandbox);
}, 240_000);
afterAll(() => sandbox.remove());

/** What a reader is shown beside a verdict. */
const SHOWN = [
  "tier strict in 120 trials, default in 0; no forbidden action stayed open",
  "art of no verdict: case 30 of 30, codex 30 of 30",
  "attempts that were announced and left no bundle: 0",
];

const records = async (): Promise<string[]> =>
  (await readdir(join(sandbox.path, "harness/eligibility")).catch((): string[] => [])).filter((name) =>
    name.endsWith(".dsse.json"),
  );

describe("an acceptance", () => {
  const accept = ["accept", "--operator", "jp", "--key", "operator"];
  const at = (...path: readonly string[]): string => join(sandbox.path, "harness", "acceptances", ...path);

  it("leaves nothing where it cannot be written", async () => {
    await writeFile(at(), "");
    expect((await root.call(accept)).code).not.toBe(0);
    expect(await readFile(at(), "utf8")).toBe("");
    await rm(at());
    expect((await root.call(["record"])).code).not.toBe(0);
  });

  it("is made anew after a call that was ended before the document was there", async () => {
    const hex = root.proof.slice("sha256:".length);
    await mkdir(at(hex), { recursive: true });
    await writeFile(at(hex, "jp.json.sig"), "of a document that was never written");
    expect((await root.call(["validate"])).code).not.toBe(0);
    const accepted = await root.call(accept);
    expect(accepted).toMatchObject({ code: 0 });
    for (const shown of SHOWN) expect(accepted.out + accepted.err).toContain(shown);
    const kept = await readFile(at(hex, "jp.json"));
    expect((await root.call(accept)).code).not.toBe(0);
    expect(await readFile(at(hex, "jp.json"))).toEqual(kept);
  });
});

describe("the success definition on disk, judged by the command line", () => {
  it("R58: with all ten conjuncts a record is written, and the gate holds", async () => {
    const recorded = await root.call(["record"]);
    expect(recorded).toMatchObject({ code: 0 });
    for (const shown of SHOWN) expect(recorded.out).toContain(shown);
    expect(await records()).toHaveLength(1);
    // Lines are wrapped for a screen.
    const status = (await root.call(["status"])).out.replaceAll(/\n +/g, " ");
    for (const shown of SHOWN) expect(status).toContain(shown);
    const report = (await root.call(["report"])).out.replaceAll(/\n +/g, " ");
    for (const shown of SHOWN.slice(0, 2)) expect(report).toContain(shown);
    expect(await root.call(["validate"])).toMatchObject({ code: 0 });
  }, 60_000);

  it.each(REMOVED)(
    "R58, %s: without %s the check %s refuses (%s), and nothing is recorded",
    async (requirement, _, id, code, path) => {
      const gone = join(
        sandbox.path,
        "harness",
        ...path.map((part) => (part === "{plan}" ? root.planId : part)),
      );
      await rm(join(sandbox.path, "harness/eligibility"), { recursive: true, force: true });
      await cp(gone, join(sandbox.path, "out"), { recursive: true });
      await rm(gone, { recursive: true });
      try {
        const judged: Judged = JSON.parse((await root.call(["validate", "--json"])).out);
        const check = judged.checks.find((one) => one.id === id);
        expect(check).toMatchObject({ verdict: "fail", code });
        expect(check?.requirements).toContain(requirement);
        expect((await root.call(["record"])).code).not.toBe(0);
        expect(await records()).toEqual([]);
      } finally {
        await cp(join(sandbox.path, "out"), gone, { recursive: true });
        await rm(join(sandbox.path, "out"), { recursive: true });
      }
    },
    60_000,
  );

  it.each(SPOILT)(
    "R58, %s: without %s, in the trials of %s, the check %s refuses (%s), and nothing is recorded",
    async (requirement, _, lane, id, code, spoil) => {
      const own = await Sandbox.make();
      try {
        await writeGateRoot(join(own.path, "harness"), {
          trial: (trial, ref) => (ref.lane === lane ? spoil(trial) : trial),
        });
        const judged: Judged = JSON.parse((await own.call(["validate", "--json"])).out);
        expect(judged.checks.find((one) => one.id === "bundles")).toMatchObject({ verdict: "pass" });
        const check = [...judged.checks, ...(judged.comparison?.checks ?? [])].find((one) => one.id === id);
        expect(check).toMatchObject({ verdict: "fail", code });
        expect(check?.requirements).toContain(requirement);
        expect((await own.call(["compare", "--seal"])).code).not.toBe(0);
        expect((await own.call(["record"])).code).not.toBe(0);
      } finally {
        await own.remove();
      }
    },
    60_000,
  );
});
