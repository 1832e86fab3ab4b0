import type { CompareInput } from "@stage6/comparator";
import type { JournalPoint, Sha256, Timestamp } from "@stage6/evidence-interface";
import type { AcceptanceFiles } from "../acceptance/check-acceptance.ts";
import type { SourceObservation } from "../admission/source-admission.ts";
import type { ContractInForce } from "../contracts/check-harness.ts";
import type { ContractName } from "../contracts/contract.ts";
import type { MatrixDocuments } from "../matrix/check-matrix-coverage.ts";
import type { RawFile } from "../raw-file.ts";
import type { Stage5Evidence } from "../stage5/check-stage5.ts";
import type { TrustFiles } from "../trust/trust-root.ts";

/** Everything a decision is made from: files as they lie in a harness root, and trials as they were read from their bundles. */
export interface EligibilityDocuments {
  readonly harness: RawFile | null;
  /** lanes/<lane>/lane.json by lane. */
  readonly lanes: ReadonlyMap<string, RawFile>;
  /** contracts/<name>.json by name. */
  readonly contracts: ReadonlyMap<string, RawFile>;
  /** What the judging code itself has in force. */
  readonly contractsInForce: Readonly<Record<ContractName, ContractInForce>>;
  /** fixtures/<id>/fixture.json by fixture. */
  readonly fixtures: ReadonlyMap<string, RawFile>;
  /** fixtures/<id>/ownership.json by fixture. */
  readonly ownership: ReadonlyMap<string, RawFile>;
  readonly policy: RawFile | null;
  readonly policySignature: RawFile | null;
  readonly trust: TrustFiles;
  /** Fingerprint of the founder's SSH key as whoever judges knows it, from outside of the root; null when nobody told. */
  readonly founder: string | null;
  readonly stage5: readonly Stage5Evidence[];
  /** Every envelope below admissions/. */
  readonly admissions: readonly RawFile[];
  readonly observations: readonly SourceObservation[];
  /** Plan and trials as read from bundles whose signatures were checked with the runner keys; null without a plan. Policy and digests in it are not believed. */
  readonly comparison: CompareInput | null;
  /** Announced attempts of the plan that left no bundle. */
  readonly lostAttempts: number;
  readonly matrix: MatrixDocuments;
  /** Every proofs/<digest>/comparison.dsse.json. */
  readonly proofs: readonly RawFile[];
  /** Every acceptance below acceptances/, by the folder's proof digest. */
  readonly acceptances: ReadonlyMap<Sha256, readonly AcceptanceFiles[]>;
  readonly ledger: RawFile | null;
  /** What the journal of the root says, unchecked: how far it goes, and when each document came, by path. */
  readonly journal: {
    readonly point: JournalPoint;
    readonly registeredAt: ReadonlyMap<string, Timestamp>;
  };
  /** Every eligibility/<id>.dsse.json. */
  readonly records: readonly RawFile[];
}

/** How a decision is asked for. */
export interface DecisionOptions {
  /** Time to judge at. */
  readonly now: Timestamp;
  /** Proof to judge; the newest of the plan when left out. */
  readonly proofDigest?: Sha256;
  /** Judge all but whether the candidate's source is still so on this machine; the check of the source is then `inconclusive` and nothing is recorded. */
  readonly withoutSource?: boolean;
  /** `record` when a record is about to be written; `judge` when left out. */
  readonly purpose?: "judge" | "record";
}
