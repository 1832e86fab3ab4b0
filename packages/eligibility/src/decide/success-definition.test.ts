import type { CompareInput, TrialInput } from "@stage6/comparator";
import type { Report } from "@stage6/evidence-interface";
import { describe, expect, it } from "vitest";
import { deriveRecord } from "../record/derive-record.ts";
import { NOW, sampleAcceptance, sampleRoot, withProof } from "../testing/sample-documents.ts";
import { sampleComparison } from "../testing/sample-comparison.ts";
import type { EligibilityDocuments } from "./documents.ts";
import { decideEligibility } from "./decide-eligibility.ts";

const input = sampleComparison();
const root = sampleRoot(input);

/** The first trial of a lane, changed. */
function changed(lane: string, change: (trial: TrialInput) => Partial<TrialInput>): CompareInput {
  const at = input.trials.findIndex((trial) => trial.lane === lane);
  return {
    ...input,
    trials: input.trials.map((trial, index) => (index === at ? { ...trial, ...change(trial) } : trial)),
  };
}
const reported = (lane: string, change: (report: Report) => Partial<Report>): CompareInput =>
  changed(lane, ({ report }) => ({ report: report === null ? null : { ...report, ...change(report) } }));

/** The root with one thing missing, and everything after it made well: proof sealed over it and accepted. */
function without(change: Partial<EligibilityDocuments>): EligibilityDocuments {
  const partial = { ...root, ...change };
  try {
    const { documents, proof, digest } = withProof(partial);
    return { ...documents, acceptances: new Map([[digest, [sampleAcceptance(proof, digest)]]]) };
  } catch {
    const { documents, proof, digest } = withProof(root);
    const acceptances = new Map([[digest, [sampleAcceptance(proof, digest)]]]);
    return { ...documents, acceptances, ...change };
  }
}

const CONJUNCTS: readonly (readonly [string, string, string, string, EligibilityDocuments])[] = [
  [
    "R33",
    "report shape",
    "compare-dimension-report-shape",
    "REPORT_INCOMPLETE",
    without({ comparison: reported("case", ({ events }) => ({ events: { ...events, count: 0 } })) }),
  ],
  [
    "R34",
    "event validity",
    "compare-dimension-event-validity",
    "LINES_UNREAD",
    without({ comparison: reported("case", ({ claims }) => ({ claims: { ...claims, unreadLines: 1 } })) }),
  ],
  [
    "R35",
    "allowed-path compliance",
    "compare-dimension-allowed-paths",
    "BOUNDARY_VIOLATION",
    without({
      comparison: reported("case", ({ boundary }) => ({
        boundary: { ...boundary, violations: [{ path: "docs/x", rule: "outside-allowed" }] },
      })),
    }),
  ],
  [
    "R36",
    "failure closure",
    "compare-dimension-failure-closure",
    "ORPHAN",
    without({
      comparison: reported("case", ({ closure }) => ({ closure: { ...closure, processTreeEmpty: false } })),
    }),
  ],
  [
    "R37",
    "artifact completeness",
    "compare-dimension-artifact-completeness",
    "ARTIFACT_MISSING",
    without({
      comparison: changed("case", ({ manifest }) => ({
        manifest:
          manifest === null
            ? null
            : { ...manifest, files: manifest.files.filter(({ role }) => role !== "patch") },
      })),
    }),
  ],
  [
    "R31",
    "a comparison with fake, Codex and Pi",
    "comparison",
    "MISSING_TRIAL",
    without({ comparison: { ...input, trials: input.trials.filter(({ lane }) => lane !== "pi") } }),
  ],
  ["R38", "current source admission", "source-admission", "SOURCE_MISSING", without({ admissions: [] })],
  [
    "R39",
    "failure matrix coverage",
    "failure-matrix",
    "MATRIX_ROW_OPEN",
    without({ matrix: { ...root.matrix, evidence: root.matrix.evidence.slice(1) } }),
  ],
  [
    "R40",
    "operator acceptance",
    "operator-acceptance",
    "ACCEPTANCE_MISSING",
    { ...without({}), acceptances: new Map() },
  ],
  [
    "R41",
    "absence of authority drift",
    "authority",
    "FORBIDDEN_ACTION_SUCCEEDED",
    without({
      comparison: reported("codex", ({ boundary }) => ({ boundary: { ...boundary, happened: ["push"] } })),
    }),
  ],
];

describe("the success definition", () => {
  it("R58: has ten conjuncts, each with a check and a code of its own", () => {
    expect(new Set(CONJUNCTS.map(([, , check, code]) => `${check} ${code}`)).size).toBe(10);
  });

  it.each(CONJUNCTS)(
    "R58, %s: without %s the check %s refuses (%s), and nothing can be recorded",
    (requirement, _, id, code, documents) => {
      const decision = decideEligibility(documents, { now: NOW });
      const check = decision.checks.find((one) => one.id === id);
      expect(check).toMatchObject({ verdict: "fail", code });
      expect(check?.requirements).toContain(requirement);
      expect(decision).toMatchObject({ verdict: "refused", recordType: null, activation: "none" });
      expect(deriveRecord(documents, { now: NOW })).toMatchObject({ statement: null, draft: null });
    },
  );

  it("R2: Stage 5 evidence and an admission alone are not enough (COMPARISON_MISSING)", () => {
    const decision = decideEligibility({ ...root, comparison: null }, { now: NOW });
    expect(decision.checks.find(({ id }) => id === "comparison")).toMatchObject({
      code: "COMPARISON_MISSING",
    });
    expect(decision.checks.find(({ id }) => id === "stage5")).toMatchObject({ verdict: "pass" });
  });

  it("R5: a root that holds nothing fails every check, with a code, and none is left out", () => {
    const nothing: EligibilityDocuments = {
      ...root,
      harness: null,
      lanes: new Map(),
      contracts: new Map(),
      ownership: new Map(),
      policy: null,
      policySignature: null,
      trust: { keys: null, allowedSigners: null, revocations: null, root: null, rootSignature: null },
      stage5: [],
      admissions: [],
      observations: [],
      comparison: null,
      matrix: { matrix: null, blocks: [], evidence: [], strict: false },
    };
    const { checks } = decideEligibility(nothing, { now: NOW });
    expect(checks.map(({ id, code }) => `${id} ${code ?? ""}`)).toEqual([
      "authority NOT_RUN",
      "comparison COMPARISON_MISSING",
      "contracts CONTRACT_INACTIVE",
      "failure-matrix MATRIX_INCOMPLETE",
      "harness SCOPE_INVALID",
      "ledger ",
      "operator-acceptance NOT_RUN",
      "order NOT_RUN",
      "ownership NOT_RUN",
      "policy NOT_RUN",
      "proof NOT_RUN",
      "records NOT_RUN",
      "source-admission NOT_RUN",
      "stage5 NOT_RUN",
      "trust TRUST_ROOT_UNSAFE",
    ]);
  });

  it("R47: claims of a backend change nothing", () => {
    const flipped = {
      ...input,
      trials: input.trials.map((trial) => ({
        ...trial,
        report:
          trial.report === null
            ? null
            : {
                ...trial.report,
                agentOutcome: "failed" as const,
                claims: { ...trial.report.claims, finalMessage: "I failed." },
              },
      })),
    };
    const verdicts = (comparison: CompareInput) =>
      decideEligibility(without({ comparison }), { now: NOW }).checks.map(({ id, verdict, code }) => [
        id,
        verdict,
        code,
      ]);
    expect(verdicts(flipped)).toEqual(verdicts(input));
  });
});
