import type { Report, Sha256 } from "@stage6/evidence-interface";

/** A sealed trial of a matrix plan, as a reader recomputed it. */
export interface TrialEvidence {
  readonly kind: "trial";
  readonly lane: string;
  /** Folder of the bundle, from the harness root. */
  readonly path: string;
  /** SHA-256 of its manifest; null when there is none. */
  readonly sha256: Sha256 | null;
  /** Null when it could not be read. */
  readonly report: Report | null;
  /** Findings of the bundle; a bundle with one shows nothing. */
  readonly findings: number;
}

/** What an injection that leaves no trial gave when it was made again: a mutation, a gate input, a drill's signed record. */
export interface InjectionEvidence {
  readonly kind: "injection";
  readonly row: string;
  readonly lane: string;
  /** Place of the way in the row, from 0. */
  readonly way: number;
  /** File of the record, from the harness root. */
  readonly path: string;
  readonly sha256: Sha256 | null;
  /** Codes as they were recomputed; null when that was not possible. */
  readonly codes: readonly string[] | null;
  /** Why the record cannot be believed: it differs from what was recomputed, its source is unsound, its signature is bad; null when it can. */
  readonly fault: string | null;
}

/** Evidence for cells of the matrix. */
export type MatrixEvidence = TrialEvidence | InjectionEvidence;
