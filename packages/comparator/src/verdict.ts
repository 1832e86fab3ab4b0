import type { Cell, Check, Comparison } from "./comparison.ts";

/** Codes that say the evidence itself is not sound: exit 3. */
const INVALID_CODES: readonly (string | null)[] = [
  "CANDIDATE_INVALID",
  "BASELINE_INVALID",
  "EXTRA_TRIAL",
  "LANE_NA_INVALID",
];
const PRECEDENCE = [3, 4, 1, 5, 0] as const;

/** Exit code that a list of checks stands for; precedence 3, 4, 1, 5, 0. No check at all is no pass. */
export function exitCodeOf(checks: readonly Check[]): Comparison["exitCode"] {
  if (checks.length === 0) return 1;
  const found = new Set(checks.map(exitCodeOfCheck));
  return PRECEDENCE.find((code) => found.has(code)) ?? 1;
}

/** Word for an exit code. */
export function verdictOf(exitCode: Comparison["exitCode"]): Comparison["verdict"] {
  switch (exitCode) {
    case 0:
      return "pass";
    case 1:
      return "refused";
    case 3:
      return "invalid";
    case 4:
      return "not-comparable";
    case 5:
      return "inconclusive";
  }
}

/** How the candidate stands against what was compared, apart from what else blocks it. */
export function standingOf(exitCode: Comparison["exitCode"], cells: readonly Cell[]): Comparison["standing"] {
  if (exitCode === 0) return "holds";
  if (cells.some(({ verdict }) => verdict === "worse")) return "lost";
  const applicable = cells.filter(({ verdict }) => verdict !== "not-applicable");
  const won = applicable.every(({ verdict }) => verdict === "beats" || verdict === "matches");
  return won && applicable.length > 0 ? "won-but-blocked" : "undecided";
}

function exitCodeOfCheck({ verdict, code }: Check): Comparison["exitCode"] {
  switch (verdict) {
    case "pass":
    case "not-applicable":
      return 0;
    case "inconclusive":
      return 5;
    case "blocked":
    case "fail":
      if (INVALID_CODES.includes(code)) return 3;
      return code?.startsWith("NOT_COMPARABLE_") ? 4 : 1;
  }
}
