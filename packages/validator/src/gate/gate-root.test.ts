import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Policy } from "@stage6/comparator";
import {
  EligibilityRecord,
  judgeDocuments,
  deriveRecord,
  type EligibilityDocuments,
} from "@stage6/eligibility";
import {
  FOUNDER,
  KEYS,
  NOW,
  sampleMatrix,
  sampleObservations,
  sampleStage5,
  signed,
} from "@stage6/eligibility/testing";
import { appendRevocation } from "@stage6/eligibility/fs";
import {
  checkDocument,
  Report,
  sha256,
  writeStrictBytes,
  type TrialPlan,
  type TrialRef,
} from "@stage6/evidence-interface";
import { testKeys, type SampleTrial } from "@stage6/evidence-interface/testing";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import type { CheckId, GateCheck } from "../gate-check.ts";
import { writeGateRoot, type GateRootOptions } from "../testing/gate-root.ts";
import { writeDocument, type SampleRoot } from "../testing/sample-root.ts";
import { flipByte } from "../testing/spoil.ts";
import { removeTempFolders, tempFolder } from "../testing/temp-folder.ts";
import { validateRoot } from "../validate-root.ts";
import { RawReader } from "./raw-reader.ts";
import { readGateDocuments } from "./read-gate-documents.ts";
import { readGate } from "./read-gate.ts";

/** The source as the caller sees it now. */
const LOOKS = sampleObservations([]);

let original: SampleRoot;
afterAll(removeTempFolders);
beforeAll(async () => {
  original = await writeGateRoot(join(await tempFolder(), "harness"));
}, 120_000);

async function copy(): Promise<SampleRoot> {
  const root = join(await tempFolder(), "harness");
  await cp(original.root, root, { recursive: true });
  return { ...original, root };
}
const make = async (options: GateRootOptions): Promise<SampleRoot> =>
  writeGateRoot(join(await tempFolder(), "harness"), options);
async function checksOf(root: string, now: string = NOW): Promise<Map<string, GateCheck>> {
  const { checks } = await validateRoot({ root, now, observations: LOOKS, founder: FOUNDER });
  return new Map(checks.map((check) => [check.id, check]));
}

/** Documents of a root whose matrix is closed: its evidence is made in memory, a driver would leave it in files. */
async function closed(root: string): Promise<EligibilityDocuments> {
  const { documents } = await readGate({ root, now: NOW, observations: LOOKS, founder: FOUNDER });
  const input = documents?.comparison;
  const report = input?.trials.find(({ lane }) => lane === "codex")?.report;
  if (documents === null || input == null || report == null) throw new Error("the root was not read");
  return { ...documents, matrix: sampleMatrix(input.plan, report) };
}

/** Checks that a root without proof, and without files of the matrix, cannot pass. */
const LATER: readonly CheckId[] = [
  "failure-matrix",
  "proof",
  "operator-acceptance",
  "comparison-stored",
  "evidence-class",
];

describe("a root in which everything before the proof holds", () => {
  test("R2, R3, R4, R8, R13, R14, R15, R16, R18, R19, R21, R24, R25, R26, R28, R31, R32, R33, R34, R35, R36, R37, R38, R41, R44, R48, R50, R52, R54, R55, R56: passes every check but those that come later", async () => {
    const checks = await checksOf(original.root);
    const open = [...checks.values()].filter(({ verdict }) => verdict !== "pass").map(({ id }) => id);
    expect(open.toSorted()).toEqual([...LATER].toSorted());
  });

  test("R10, R27, R39, R49: with a closed matrix it lacks the proof alone", async () => {
    const { checks } = judgeDocuments(await closed(original.root), { now: NOW });
    const open = checks.filter(({ verdict }) => verdict !== "pass" && verdict !== "not-applicable");
    expect(open.map(({ id, code }) => `${id} ${code ?? ""}`)).toEqual([
      "operator-acceptance ACCEPTANCE_MISSING",
      "proof COMPARISON_MISSING",
    ]);
    expect(deriveRecord(await closed(original.root), { now: NOW }).statement).toBeNull();
  });

  test("R20: the lane's model, target and policy stand in the plan and in every report", async () => {
    const { trials, selected } = await readGate({ root: original.root, now: NOW });
    for (const { report } of trials) {
      expect(report?.planDigest).toBe(selected?.digest);
      expect(report?.policyDigest).toBe(selected?.plan.policyDigest);
    }
  });
});

type Spoil = (root: SampleRoot) => Promise<void>;
const document =
  (path: string, value: unknown): Spoil =>
  ({ root }) =>
    writeDocument(root, path, value);
const harness =
  (change: object): Spoil =>
  async (sample) => {
    const { harness: config } = (await readGate({ root: sample.root, now: NOW })).view;
    await writeDocument(sample.root, "harness.json", { ...config, ...change });
  };
const contract =
  (name: string, change: object): Spoil =>
  async (sample) => {
    const file = (await readGate({ root: sample.root, now: NOW })).documents?.contracts.get(name);
    const before: object = JSON.parse(Buffer.from(file?.bytes ?? []).toString("utf8"));
    await writeDocument(sample.root, `contracts/${name}.json`, { ...before, ...change });
  };
const drop =
  (pick: (sample: SampleRoot) => string): Spoil =>
  (sample) =>
    rm(join(sample.root, pick(sample)), { recursive: true });

const SPOILED: readonly (readonly [string, string, string, CheckId, Spoil])[] = [
  [
    "R3, R29",
    "another mutation scope",
    "SCOPE_INVALID",
    "harness-config",
    harness({ mutationScope: "any-repo" }),
  ],
  [
    "R4, R14",
    "a candidate that is switched on",
    "DEFAULT_SWITCH_FORBIDDEN",
    "lane-registry",
    document("lanes/case/lane.json", {
      schemaVersion: "1.0",
      id: "case",
      adapter: "x",
      enabledByDefault: true,
      statePaths: [],
    }),
  ],
  [
    "R56",
    "another default validation lane",
    "SCHEMA_INVALID",
    "harness-config",
    harness({ defaultValidationLane: "case" }),
  ],
  ["R18", "a lane that was removed", "LANE_REGISTRY_INCOMPLETE", "lane-registry", drop(() => "lanes/pi")],
  ["R8", "a bundle that is missing", "MISSING_TRIAL", "comparison", drop(({ bundles }) => bundles[0] ?? "")],
  [
    "R15",
    "a target without an owner",
    "TARGET_NOT_OWNED",
    "ownership",
    drop(() => "fixtures/fix-failing-test/ownership.json"),
  ],
  [
    "R21, R23",
    "one changed byte of a patch, however many tasks were solved",
    "DIGEST_MISMATCH",
    "bundles",
    ({ root, bundles }) => flipByte(root, `${bundles[0]}/artifacts/patch.diff`),
  ],
  [
    "R26",
    "a bundle without its first look at the tree",
    "ARTIFACT_MISSING",
    "bundles",
    drop(({ bundles }) => `${bundles[0]}/artifacts/snapshot-before.jsonl`),
  ],
  ["R32", "no bundle at all", "EVIDENCE_MISSING", "bundles", drop(() => "runs")],
  [
    "R32",
    "a report without its events",
    "EVENTS_INVALID",
    "bundles",
    ({ root, bundles }) => writeFile(join(root, bundles[0] ?? "", "events.jsonl"), ""),
  ],
  ["R38, R50", "no admission", "SOURCE_MISSING", "source-admission", drop(() => "admissions/case")],
  ["R28", "no Stage 5 evidence", "STAGE5_MISSING", "stage5", drop(() => "stage5")],
  [
    "R28",
    "a changed Stage 5 file",
    "STAGE5_DIGEST",
    "stage5",
    ({ root }) => writeFile(join(root, "stage5/first/report.txt"), "other\n"),
  ],
  [
    "R28",
    "Stage 5 evidence about another tree",
    "STAGE5_SOURCE_DRIFT",
    "stage5",
    ({ root }) => {
      const source = { repository: "case", commit: "c".repeat(40), gitTree: "9".repeat(40) };
      return writeFile(join(root, "stage5/first.dsse.json"), sampleStage5({ source }).envelope.bytes);
    },
  ],
  [
    "R52",
    "a retired contract of the evidence",
    "CONTRACT_INACTIVE",
    "contracts",
    contract("evidence-interface", { status: "retired" }),
  ],
  [
    "R52",
    "another digest of the evidence's schemas",
    "CONTRACT_MISMATCH",
    "contracts",
    contract("evidence-interface", { version: "0.9" }),
  ],
  [
    "R54",
    "a retired contract of the adapter",
    "CONTRACT_INACTIVE",
    "contracts",
    contract("case-adapter", { status: "retired" }),
  ],
  [
    "R54",
    "another adapter than in force",
    "CONTRACT_MISMATCH",
    "contracts",
    contract("case-adapter", { version: "9" }),
  ],
  [
    "R55",
    "another matrix than in force",
    "CONTRACT_MISMATCH",
    "contracts",
    contract("failure-matrix", { version: "9" }),
  ],
  [
    "R13, R6",
    "a policy that was changed after it was signed",
    "POLICY_SIGNATURE",
    "policy-signed",
    async ({ root }) => {
      const { policy } = (await readGate({ root, now: NOW, observations: LOOKS, founder: FOUNDER })).view;
      await writeDocument(root, "policy/stage6.policy.json", { ...policy?.document, minRealLanes: 2 });
    },
  ],
  [
    "R13",
    "a policy without push among the forbidden actions",
    "POLICY_WEAKENED",
    "policy",
    async ({ root }) => {
      const { policy } = (await readGate({ root, now: NOW, observations: LOOKS, founder: FOUNDER })).view;
      const actions = policy?.document.forbiddenActions.filter((action) => action !== "push");
      await writeDocument(root, "policy/stage6.policy.json", {
        ...policy?.document,
        forbiddenActions: actions,
      });
    },
  ],
  [
    "R14, R46",
    "a record that says it activates",
    "RECORD_INVALID",
    "records",
    async ({ root }) => {
      await mkdir(join(root, "eligibility"), { recursive: true });
      const { bytes } = signed("x", { activation: "default" }, KEYS.comparator);
      await writeFile(join(root, "eligibility/0123456789abcdef.dsse.json"), bytes);
    },
  ],
];

describe("one thing spoiled", () => {
  it.each(SPOILED)("%s: %s is refused (%s)", async (_ids, _what, code, id, spoil) => {
    const sample = await copy();
    await spoil(sample);
    const check = (await checksOf(sample.root)).get(id);
    expect(check?.verdict).not.toBe("pass");
    const told = [check?.code, ...(check?.evidence ?? []).map(({ what }) => what)].join(" ");
    expect(told).toContain(code);
  });

  it("R8: a bundle that is missing is counted at its place in the plan and refused there (MISSING_TRIAL)", async () => {
    const sample = await copy();
    await drop(({ bundles }) => bundles[0] ?? "")(sample);
    const { comparison } = await validateRoot({
      root: sample.root,
      now: NOW,
      observations: LOOKS,
      founder: FOUNDER,
    });
    expect(comparison?.checks.find(({ id }) => id === "trials-complete")).toMatchObject({
      verdict: "fail",
      code: "MISSING_TRIAL",
    });
  });

  it("R50: the same admission a month later is refused (SOURCE_STALE)", async () => {
    const checks = await checksOf(original.root, "2026-07-05T00:00:00.000Z");
    expect(checks.get("source-admission")?.code).toBe("SOURCE_STALE");
  });

  it("R24: bundles of a runner key that was revoked, or whose window is over, are refused (UNTRUSTED_KEY)", async () => {
    const states = async (root: string, now: string = NOW): Promise<string[]> => {
      const { trials } = await readGate({ root, now, observations: LOOKS, founder: FOUNDER });
      return [
        ...new Set(trials.flatMap(({ state, findings }) => [state, ...findings.map(({ code }) => code)])),
      ];
    };
    const { root } = await copy();
    expect(await states(root)).toEqual(["present"]);
    expect(await states(root, "2027-01-01T00:00:00.001Z")).toContain("invalid");
    expect(await states(root, "2024-12-31T23:59:59.999Z")).toContain("invalid");
    await appendRevocation(join(root, "trust/revocations.jsonl"), {
      kind: "key",
      id: testKeys().runner.keyid,
      revokedAt: "2026-06-04T00:00:00.000Z",
      reason: "lost",
    });
    expect(await states(root)).toContain("invalid");
    expect(await states(root)).not.toContain("present");
    expect((await checksOf(root)).get("bundles")?.verdict).toBe("fail");
  });

  it("R38: a look at the source that is not the sealed bundle's any more counts as not made", async () => {
    const { root } = await copy();
    const { trials, documents } = await readGate({ root, now: NOW, observations: LOOKS, founder: FOUNDER });
    if (documents === null) throw new Error("the root was not read");
    const reading = {
      trust: documents.trust,
      founder: FOUNDER,
      trials: trials.filter(({ lane }) => lane === "case"),
      comparison: null,
      lostAttempts: 0,
      matrix: null,
      caseAdapter: { version: "1", sha256: sha256("adapter") },
      observations: [],
      journal: null,
    };
    const looks = async (): Promise<number> =>
      (await readGateDocuments(new RawReader(root), reading)).observations.length;
    expect(await looks()).toBe(4);
    const file = join(root, reading.trials[0]?.folder ?? "", "artifacts/source-before.json");
    const look: object = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, writeStrictBytes({ ...look, observedAt: "2026-06-02T00:00:01.000Z" }));
    expect(await looks()).toBe(3);
  });

  it("R23: the same root gives the same result in another folder", async () => {
    const { root } = await copy();
    expect(await validateRoot({ root, now: NOW, observations: LOOKS, founder: FOUNDER })).toEqual(
      await validateRoot({ root: original.root, now: NOW, observations: LOOKS, founder: FOUNDER }),
    );
  });

  it("R27, R49: all green and open rows are refused (MATRIX_ROW_OPEN)", async () => {
    const documents = await closed(original.root);
    const matrix = { ...documents.matrix, evidence: [] };
    const { checks } = judgeDocuments({ ...documents, matrix }, { now: NOW });
    expect(checks.find(({ id }) => id === "failure-matrix")?.code).toBe("MATRIX_ROW_OPEN");
  });

  it("R39: a cell that can be driven cannot be blocked away (MATRIX_BLOCK_INVALID)", async () => {
    const documents = await closed(original.root);
    const [first] = documents.matrix.blocks;
    const block: object = JSON.parse(Buffer.from(first?.bytes ?? []).toString("utf8"));
    const bytes = Buffer.from(JSON.stringify({ ...block, row: "F01", lane: "fake" }));
    const matrix = {
      ...documents.matrix,
      blocks: [...documents.matrix.blocks, { path: "matrix/blocked/F01.fake.json", bytes }],
    };
    const { checks } = judgeDocuments({ ...documents, matrix }, { now: NOW });
    expect(checks.find(({ id }) => id === "failure-matrix")?.code).toBe("MATRIX_BLOCK_INVALID");
  });

  it("R39: a row that closed in another way is refused (MATRIX_WRONG_CLOSURE)", async () => {
    const documents = await closed(original.root);
    const evidence = documents.matrix.evidence.map((one) =>
      one.kind === "trial" && one.report !== null
        ? {
            ...one,
            report: { ...one.report, closure: { ...one.report.closure, class: "NONE" as const, also: [] } },
          }
        : one,
    );
    const { checks } = judgeDocuments(
      { ...documents, matrix: { ...documents.matrix, evidence } },
      { now: NOW },
    );
    expect(checks.find(({ id }) => id === "failure-matrix")?.code).toBe("MATRIX_WRONG_CLOSURE");
  });

  it("R25: a report with a field of one lane alone is refused (SCHEMA_INVALID)", async () => {
    const { trials } = await readGate({ root: original.root, now: NOW });
    const { findings } = checkDocument(Report, { ...trials[0]?.report, caseRunLog: "x" }, "report.json");
    expect(findings.map(({ code }) => code)).toContain("SCHEMA_INVALID");
  });

  it("R14: an eligibility record that activates fits no schema (SCHEMA_INVALID)", () => {
    const { findings } = checkDocument(EligibilityRecord, { predicate: { activation: "default" } }, "record");
    expect(findings.map(({ code }) => code)).toContain("SCHEMA_INVALID");
  });
});

const lanes = (change: (lanes: TrialPlan["lanes"]) => TrialPlan["lanes"]) => ({
  plan: (plan: TrialPlan): TrialPlan => ({ ...plan, lanes: change(plan.lanes) }),
});
const blocked = (...names: readonly string[]) =>
  lanes((all) =>
    all.map((lane) =>
      names.includes(lane.lane)
        ? {
            ...lane,
            state: "blocked",
            adapterVersion: null,
            backendVersion: null,
            backendSha256: null,
            model: null,
            reason: { code: "BACKEND_MISSING", detail: "not installed", remedy: "" },
          }
        : lane,
    ),
  );
const trial = (change: (sample: SampleTrial) => SampleTrial) => ({
  trial: (sample: SampleTrial, { lane, number }: TrialRef): SampleTrial =>
    lane === "case" && number === 1 ? change(sample) : sample,
});
const more = (policy: Policy): Policy => ({ ...policy, trialsPerCell: { scripted: 9, live: 9 } });

const MADE: readonly (readonly [string, string, string, () => Promise<GateRootOptions>])[] = [
  [
    "R8, R48",
    "a plan that leaves Pi out",
    "LANE_SILENTLY_OMITTED",
    () => Promise.resolve(lanes((all) => all.filter(({ lane }) => lane !== "pi"))),
  ],
  [
    "R31, R57",
    "a candidate compared with fake alone",
    "INSUFFICIENT_COMPARISON",
    () => Promise.resolve(blocked("codex", "pi")),
  ],
  ["R56", "a blocked fake lane", "LANE_NA_INVALID", () => Promise.resolve(blocked("fake"))],
  [
    "R19",
    "fewer trials than the policy asks for",
    "INSUFFICIENT_EVIDENCE",
    async () => {
      const { policy } = (await readGate({ root: original.root, now: NOW })).view;
      if (policy === null) throw new Error("no policy");
      return { policy: more(policy.document) };
    },
  ],
  [
    "R20, R35",
    "a lane that wrote where it may not",
    "BOUNDARY_VIOLATION",
    () =>
      Promise.resolve(
        trial((sample) => ({
          ...sample,
          observation: {
            ...sample.observation,
            workspace: {
              ...sample.observation.workspace,
              changes: [
                { path: "policy.json", kind: "added", verdict: "violation", rule: "outside-allowed" },
              ],
            },
          },
        })),
      ),
  ],
  [
    "R20",
    "a lane that asked for another model",
    "MODEL_MISMATCH",
    () =>
      Promise.resolve(
        trial((sample) => ({
          ...sample,
          events: sample.events.map((draft) =>
            draft[0] === "model.requested" ? [draft[0], { ...draft[1], model: "another" }] : draft,
          ),
        })),
      ),
  ],
];

describe("roots that were made otherwise", () => {
  it.each(MADE)("%s: %s is refused (%s)", async (_ids, _what, code, options) => {
    const { root } = await make(await options());
    const { checks, comparison } = await validateRoot({
      root,
      now: NOW,
      observations: LOOKS,
      founder: FOUNDER,
    });
    const check = checks.find(({ id }) => id === "comparison");
    expect(check?.verdict).not.toBe("pass");
    const told = [
      check?.code,
      ...(comparison?.checks ?? []).map((one) => one.code),
      JSON.stringify(comparison),
    ];
    expect(told.join(" ")).toContain(code);
  });

  it("R20, R35: a lane that wrote where it may not closes as that and is refused for it (BOUNDARY_VIOLATION)", async () => {
    const options = MADE.find(([, what]) => what === "a lane that wrote where it may not")?.[3];
    if (options === undefined) throw new Error("no such root");
    const { root } = await make(await options());
    const { trials } = await readGate({ root, now: NOW, observations: LOOKS, founder: FOUNDER });
    const closures = (lane: string, number: number): readonly string[] =>
      trials
        .filter((one) => one.lane === lane && one.number === number)
        .flatMap(({ report }) => (report === null ? [] : [report.closure.class, ...report.closure.also]));
    expect(closures("case", 1)).toContain("BOUNDARY_VIOLATION");
    expect(closures("case", 2)).toEqual(["NONE"]);
    const { comparison } = await validateRoot({ root, now: NOW, observations: LOOKS, founder: FOUNDER });
    expect(comparison?.checks.find(({ id }) => id === "dimension.allowed-paths")).toMatchObject({
      verdict: "fail",
      code: "BOUNDARY_VIOLATION",
    });
  });

  it("R16: a bundle that names a file outside of itself is refused (PATH_ESCAPE)", async () => {
    const { root, bundles } = await copy();
    const file = join(root, bundles[0] ?? "", "manifest.json");
    const names = await readdir(join(root, bundles[0] ?? ""));
    expect(names).toContain("manifest.json");
    const { trials } = await readGate({ root, now: NOW, observations: LOOKS, founder: FOUNDER });
    const manifest = trials[0]?.manifest;
    const [first, ...rest] = manifest?.files ?? [];
    await writeFile(
      file,
      JSON.stringify({ ...manifest, files: [{ ...first, path: "../../escape" }, ...rest] }),
    );
    const check = (await checksOf(root)).get("bundles");
    expect(JSON.stringify(check)).toContain("PATH_ESCAPE");
  });
});
