import { compare, type Comparison } from "@stage6/comparator";
import { digestHex, sha256, writeStrictBytes, type Timestamp } from "@stage6/evidence-interface";
import { checkAcceptance, type AcceptanceRecord } from "../acceptance/check-acceptance.ts";
import { checkAdmission, type AdmissionRecord } from "../admission/check-admission.ts";
import { checkContracts, checkHarness, harnessIdOf } from "../contracts/check-harness.ts";
import { checkOwnedTargets } from "../contracts/check-owned-targets.ts";
import { checkLedger, type Ledger } from "../ledger/check-ledger.ts";
import { checkPolicy, type PolicyRecord } from "../policy/check-policy.ts";
import { problemIn, type Problem } from "../problem.ts";
import { checkProof, type ProofRecord } from "../proof/check-proof.ts";
import { coverDocuments, readMatrix, type ReadMatrix } from "../matrix/check-matrix-coverage.ts";
import type { MatrixFacts, ProofSources } from "../proof/derive-proof.ts";
import { checkRecords } from "../record/check-records.ts";
import { checkStage5, type Stage5Record } from "../stage5/check-stage5.ts";
import { checkTrustRoot, type TrustRoot } from "../trust/trust-root.ts";
import { checkOrder } from "./check-order.ts";
import { checkAuthority, compareDocuments, reportsOf, type Compared } from "./compare-documents.ts";
import type { DecisionOptions, EligibilityDocuments } from "./documents.ts";
import type { EligibilityCheck } from "./eligibility-check.ts";
import { checkOf, notRun, waived } from "./make-check.ts";

/** What a harness root holds, each part null unless everything about it holds. */
export interface JudgedDocuments {
  readonly checks: readonly EligibilityCheck[];
  readonly trust: TrustRoot | null;
  readonly policy: PolicyRecord | null;
  readonly admission: AdmissionRecord | null;
  readonly stage5: Stage5Record | null;
  readonly comparison: Comparison | null;
  readonly sources: ProofSources | null;
  readonly proof: ProofRecord | null;
  readonly acceptance: AcceptanceRecord | null;
  readonly ledger: Ledger | null;
}

const UNTRUSTED = "nothing can be trusted before the trust root is safe";

/**
 * Makes every check of the gate from raw documents. Pure; believes no earlier result. `compareWith` is for a caller that
 * compares the same trials again and again and must give what the comparator gives; nothing that records hands one over.
 */
export function judgeDocuments(
  documents: EligibilityDocuments,
  options: DecisionOptions,
  compareWith: typeof compare = compare,
): JudgedDocuments {
  const { now, purpose = "judge" } = options;
  const checks: EligibilityCheck[] = [];
  const { trust, problems: unsafe } = checkTrustRoot(documents.trust, {
    founder: documents.founder,
    harness: harnessIdOf(documents.harness),
  });
  const { keys, allowedSigners, revocations, root, rootSignature } = documents.trust;
  const trustFiles = [keys, allowedSigners, revocations, root, rootSignature];
  checks.push(checkOf("trust", unsafe, "one role per key, no trap, signed by the founder", trustFiles));
  checks.push(
    checkOf(
      "harness",
      checkHarness(documents.harness, documents.lanes),
      "four lanes, none switched on, scope of mutation fixed",
      [documents.harness],
    ),
    checkOf(
      "contracts",
      checkContracts(documents.contracts, documents.contractsInForce),
      "every contract active and in force",
      [...documents.contracts.values()],
    ),
  );
  const plan = documents.comparison?.plan ?? null;
  checks.push(
    plan === null
      ? notRun("ownership", "there is no plan")
      : checkOf("ownership", checkOwnedTargets(plan, documents), "every target is owned and noncritical"),
  );

  const policy = trust === null ? null : checkPolicy(documents.policy, documents.policySignature, trust, now);
  checks.push(
    policy === null
      ? notRun("policy", UNTRUSTED)
      : checkOf("policy", policy.problems, `signed by ${policy.record?.signedBy ?? ""}`, [documents.policy]),
  );
  const compared = compareDocuments(documents.comparison, policy?.record ?? null, compareWith);
  checks.push(...compared.checks);
  const reports = reportsOf(documents.comparison);
  checks.push(checkAuthority(documents.comparison, reports));

  const candidate = plan?.candidate ?? null;
  const admission =
    trust === null
      ? null
      : checkAdmission({
          admissions: documents.admissions,
          observations: documents.observations,
          trust,
          plan,
          reports: reports.filter(({ trial }) => trial.lane === candidate),
          now,
          registeredAt: documents.journal.registeredAt,
          withoutSource: options.withoutSource,
        });
  checks.push(
    admission === null
      ? notRun("source-admission", UNTRUSTED)
      : admission.record?.seenNow === false
        ? waived(
            "source-admission",
            "SOURCE_NOT_HERE",
            "admitted, fresh, and the source that ran; whether it is still so was not looked at, as it was asked for",
          )
        : checkOf(
            "source-admission",
            admission.problems,
            "admitted, fresh, and the source that ran",
            documents.admissions,
          ),
  );
  const stage5 =
    trust === null
      ? null
      : checkStage5({
          evidence: documents.stage5,
          trust,
          gitTree: admission?.record?.statement.subject[0]?.digest.gitTree ?? null,
          plan,
          now,
          registeredAt: documents.journal.registeredAt,
        });
  checks.push(
    stage5 === null
      ? notRun("stage5", UNTRUSTED)
      : checkOf(
          "stage5",
          stage5.problems,
          "passed before the plan, about the admitted source",
          documents.stage5.map(({ envelope }) => envelope),
        ),
  );
  const order =
    documents.comparison === null
      ? null
      : checkOrder({
          comparison: compared.input ?? documents.comparison,
          admission: admission?.record ?? null,
          stage5: stage5?.record ?? null,
          now,
        });
  checks.push(
    order === null
      ? notRun("order", "there is no plan")
      : checkOf(
          "order",
          order,
          "Stage 5, admission, plan and trials follow each other, and all lie in the past",
        ),
  );
  const { read, problems: unread } = readMatrix(documents.matrix);
  const coverage = read === null || plan === null ? null : coverDocuments(read, documents.matrix, plan, now);
  checks.push(
    read !== null && coverage === null
      ? notRun("failure-matrix", "there is no plan")
      : checkOf(
          "failure-matrix",
          [...unread, ...(coverage?.problems ?? [])],
          coverage?.counts ?? "",
          [documents.matrix.matrix],
          coverage?.counts ?? null,
        ),
  );

  const sources = sourcesOf(documents, read, compared, admission?.record ?? null, stage5?.record ?? null);
  const proof =
    trust === null
      ? null
      : checkProof({
          proofs: documents.proofs,
          proofDigest: options.proofDigest ?? null,
          planId: plan === null ? null : digestHex(sha256(writeStrictBytes(plan))).slice(0, 16),
          trust,
          sources,
          now,
        });
  checks.push(
    proof === null
      ? notRun("proof", UNTRUSTED)
      : checkOf("proof", proof.problems, "signed, fresh, and what the documents give", documents.proofs),
  );
  const { ledger, problems: broken } = checkLedger(documents.ledger);
  checks.push(
    checkOf("ledger", [...broken, ...checkHorizon(ledger, trust, now)], "an unbroken chain", [
      documents.ledger,
    ]),
  );
  const files = proof?.record == null ? [] : (documents.acceptances.get(proof.record.digest) ?? []);
  const acceptance =
    trust === null || proof?.record == null || ledger === null
      ? null
      : checkAcceptance({
          acceptances: files,
          proof: proof.record,
          trust,
          ledger,
          lanes: plan?.lanes.map(({ lane }) => lane) ?? [],
          purpose,
          now,
        });
  checks.push(
    acceptance === null
      ? proof?.record == null && trust !== null
        ? checkOf(
            "operator-acceptance",
            [problemIn("acceptances", "ACCEPTANCE_MISSING", "no-proof", "no proof to accept")],
            "",
          )
        : notRun("operator-acceptance", trust === null ? UNTRUSTED : "the ledger cannot be read")
      : checkOf(
          "operator-acceptance",
          acceptance.problems,
          `accepted by ${acceptance.record?.operator ?? ""}`,
          files.map(({ document }) => document),
        ),
  );
  checks.push(
    trust === null || ledger === null
      ? notRun("records", trust === null ? UNTRUSTED : "the ledger cannot be read")
      : checkOf(
          "records",
          checkRecords({ ...documents, trust, ledger, proof: proof?.record ?? null, now }),
          "every record stands in the ledger",
          documents.records,
        ),
  );
  return {
    checks: checks.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    trust,
    policy: policy?.record ?? null,
    admission: admission?.record ?? null,
    stage5: stage5?.record ?? null,
    comparison: compared.comparison,
    sources,
    proof: proof !== null && proof.problems.length === 0 ? proof.record : null,
    acceptance: acceptance?.record ?? null,
    ledger,
  };
}

/** The revocation list may grow and never shrink: the ledger remembers how long it was. Nothing was recorded after now. */
function checkHorizon(ledger: Ledger | null, trust: TrustRoot | null, now: Timestamp): Problem[] {
  const last = ledger?.entries.at(-1);
  const known = last?.revocations ?? 0;
  const future =
    last === undefined || last.recordedAt <= now
      ? []
      : [
          problemIn(
            "eligibility/ledger.jsonl",
            "LEDGER_BROKEN",
            "future",
            `nothing is recorded after ${now}`,
            last.recordedAt,
          ),
        ];
  if (trust === null || trust.revocations.length >= known) return future;
  return [
    ...future,
    problemIn(
      "trust/revocations.jsonl",
      "TRUST_ROOT_UNSAFE",
      "shortened",
      `the ledger knows ${known} lines of revocations`,
      String(trust.revocations.length),
    ),
  ];
}

function sourcesOf(
  { matrix, lostAttempts }: EligibilityDocuments,
  read: ReadMatrix | null,
  { comparison, input }: Compared,
  admission: AdmissionRecord | null,
  stage5: Stage5Record | null,
): ProofSources | null {
  if (comparison === null || input === null || admission === null || stage5 === null || read === null)
    return null;
  const matrixAt = (at: Timestamp): MatrixFacts => coverDocuments(read, matrix, input.plan, at).facts;
  return { input, comparison, lostAttempts, matrixAt, admission, stage5 };
}
