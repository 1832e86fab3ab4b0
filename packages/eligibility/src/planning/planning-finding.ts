/** Codes of the planning validator, each with what it says. */
export const PLANNING_CODES = {
  PLANNING_UNREADABLE: "a planning artifact is missing or no UTF-8 text",
  PLANNING_FRONT_MATTER: "front matter is missing, malformed or lacks a key",
  PLANNING_AUTHORITY_DRIFT: "an artifact claims more authority than local planning has",
  PLANNING_HEADING: "a heading is missing, stands twice or has nothing below it",
  PLANNING_CRITERION_UNMAPPED: "an acceptance criterion belongs to no issue",
  PLANNING_CRITERION_UNKNOWN: "an issue names a criterion that the PRD does not have, or quotes it otherwise",
  PLANNING_ISSUE_UNMAPPED: "an issue names no acceptance criterion",
  PLANNING_ID_DUPLICATE: "an id or a criterion stands twice",
  PLANNING_ACTIVATION_LANGUAGE: "a sentence reads as if something were active, promoted or permitted",
} as const;
/** One code of the planning validator. */
export type PlanningCode = keyof typeof PLANNING_CODES;

/** Something wrong with a planning artifact. */
export interface PlanningFinding {
  readonly code: PlanningCode;
  /** Path of the artifact, as it was given. */
  readonly file: string;
  /** Line, from 1; null when it is about the whole file. */
  readonly line: number | null;
  /** What stands there, raw text of the artifact: escape it before showing it. */
  readonly found: string | null;
  readonly expected: string;
}

/** A planning artifact: a Markdown file. */
export interface PlanningFile {
  readonly file: string;
  readonly text: string;
}
