export { Acceptance, ACCEPTANCE_STATEMENT } from "./acceptance/acceptance.ts";
export {
  checkAcceptance,
  type AcceptanceFiles,
  type AcceptanceInput,
  type AcceptanceRecord,
} from "./acceptance/check-acceptance.ts";
export { checkSource, type SourceDifference } from "./admission/check-source.ts";
export { checkAdmission, type AdmissionInput, type AdmissionRecord } from "./admission/check-admission.ts";
export {
  ADMISSION_PREDICATE,
  SourceAdmission,
  SourceObservation,
  StartProbe,
  UpstreamLag,
} from "./admission/source-admission.ts";
export {
  checkContracts,
  checkHarness,
  harnessIdOf,
  type ContractInForce,
} from "./contracts/check-harness.ts";
export { checkOwnedTargets, type TargetFiles } from "./contracts/check-owned-targets.ts";
export { Contract, CONTRACT_NAMES, LaneRecord, type ContractName } from "./contracts/contract.ts";
export { decideEligibility, EligibilityDecision } from "./decide/decide-eligibility.ts";
export type { DecisionOptions, EligibilityDocuments } from "./decide/documents.ts";
export { ELIGIBILITY_CHECKS, EligibilityCheck, type EligibilityCheckId } from "./decide/eligibility-check.ts";
export { judgeDocuments, type JudgedDocuments } from "./decide/judge-documents.ts";
export { MAX_AGE_DAYS } from "./duration.ts";
export { GATE_CODES, type GateCode } from "./gate-code.ts";
export { checkLedger, nextLedgerEntry, type Ledger, type LedgerDraft } from "./ledger/check-ledger.ts";
export { LedgerEntry, RecordType, RECORD_TYPES } from "./ledger/ledger-entry.ts";
export type { SignedStatement } from "./open-statement.ts";
export { checkPlanning, type PlanningInput, type PlanningReport } from "./planning/check-planning.ts";
export {
  PLANNING_CODES,
  type PlanningCode,
  type PlanningFile,
  type PlanningFinding,
} from "./planning/planning-finding.ts";
export type { MatrixDocuments } from "./matrix/check-matrix-coverage.ts";
export { checkPolicy, type PolicyRecord } from "./policy/check-policy.ts";
export type { Problem } from "./problem.ts";
export { checkProof, type ProofInput, type ProofRecord } from "./proof/check-proof.ts";
export { Grounds, isUnnamedLocal, modelBehind, renderGrounds } from "./proof/grounds.ts";
export { EvidenceSummary, renderSummary, summarizeEvidence } from "./proof/evidence-summary.ts";
export { deriveProof, type MatrixFacts, type ProofSeal, type ProofSources } from "./proof/derive-proof.ts";
export { CandidateSubject, PROOF_PREDICATE, ProofStatement } from "./proof/proof-statement.ts";
export {
  CandidateVerdict,
  deriveLaneResults,
  deriveVerdict,
  LaneResult,
  SVR_PREDICATE,
  TEST_RESULT_PREDICATE,
  VERIFIER_ID,
} from "./proof/standard-results.ts";
export type { RawFile } from "./raw-file.ts";
export { checkRecords, type RecordsInput } from "./record/check-records.ts";
export { deriveRecord, type DerivedRecord } from "./record/derive-record.ts";
export {
  CANDIDATE_LEVEL,
  EligibilityRecord,
  RECORD_STATEMENT,
  REHEARSAL_PREDICATE,
  RehearsalRecord,
  VSA_PREDICATE,
} from "./record/eligibility-record.ts";
export {
  checkStage5,
  type Stage5Evidence,
  type Stage5Input,
  type Stage5Record,
} from "./stage5/check-stage5.ts";
export { STAGE5_PREDICATE, Stage5Statement } from "./stage5/stage5-statement.ts";
export {
  parseSshPublicKey,
  sshFingerprint,
  SSH_KEY_TYPES,
  type SshKeyType,
  type SshPublicKey,
} from "./ssh/ssh-public-key.ts";
export { verifySshSignature, type SshSignatureRule, type VerifiedSshSignature } from "./ssh/verify-sshsig.ts";
export {
  ACCEPTANCE_NAMESPACE,
  parseAllowedSigners,
  POLICY_NAMESPACE,
  type AllowedSigner,
  type SignerTrap,
} from "./trust/allowed-signers.ts";
export { checkSshSignature, type OperatorSignature, type SignedFile } from "./trust/check-ssh-signature.ts";
export { checkFounder, type TrustAnchor } from "./trust/check-founder.ts";
export { TRUST_NAMESPACE, TrustStatement } from "./trust/trust-statement.ts";
export { KEY_ROLES, KeyRole, TrustedKeyFile } from "./trust/key-file.ts";
export { isRevoked, REVOKED_KINDS, Revocation } from "./trust/revocation.ts";
export {
  checkTrustRoot,
  openMachines,
  trustedKeysOf,
  type TrustedKey,
  type TrustFiles,
  type TrustedMachines,
  type TrustRoot,
} from "./trust/trust-root.ts";
export { NO_AUTHORITY } from "./schema-parts.ts";
