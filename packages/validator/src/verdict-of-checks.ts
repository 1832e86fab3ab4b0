import { exitCodeOf } from "@stage6/comparator";
import { FINDING_CODES } from "@stage6/evidence-interface";
import type { GateCheck } from "./gate-check.ts";

/** Exit code of a gate: 0 pass, 1 refused, 3 invalid, 4 not comparable, 5 inconclusive, 70 internal error. */
export type GateExitCode = 0 | 1 | 3 | 4 | 5 | 70;
/** Word for an exit code of a gate. */
export type GateVerdict = "pass" | "refused" | "invalid" | "not-comparable" | "inconclusive" | "error";

const PRECEDENCE = [70, 3, 4, 1, 5, 0] as const;
const VERDICTS: Readonly<Record<GateExitCode, GateVerdict>> = {
  0: "pass",
  1: "refused",
  3: "invalid",
  4: "not-comparable",
  5: "inconclusive",
  70: "error",
};
/** Every code of the evidence checks says that evidence is unsound, and so do these of the root. */
const INVALID: ReadonlySet<string> = new Set([
  ...FINDING_CODES,
  "TRUST_ROOT_UNSAFE",
  "REPLAY_DIVERGED",
  "PLAN_MISSING",
  "PROOF_SIGNATURE",
  "LEDGER_BROKEN",
  "JOURNAL_MISSING",
  "JOURNAL_BROKEN",
  "JOURNAL_ROLLED_BACK",
  "JOURNAL_DOCUMENT",
  "JOURNAL_UNLISTED",
  "RECORD_INVALID",
]);

/** What a list of checks stands for; pure, so that a reader of a result can recompute it. No check at all is no pass. */
export function verdictOfChecks(checks: readonly GateCheck[]): {
  readonly verdict: GateVerdict;
  readonly exitCode: GateExitCode;
} {
  const found = new Set(checks.map(exitCodeOfCheck));
  const exitCode = PRECEDENCE.find((code) => found.has(code)) ?? 1;
  return { verdict: VERDICTS[exitCode], exitCode };
}

/** What one check alone stands for. Codes of a comparison mean here what they mean there. */
export function exitCodeOfCheck({ verdict, code }: Pick<GateCheck, "verdict" | "code">): GateExitCode {
  if (code === "INTERNAL") return 70;
  if (verdict !== "pass" && code !== null && INVALID.has(code)) return 3;
  return exitCodeOf([{ id: "check", requirements: [], verdict, code, message: "", evidence: [] }]);
}
