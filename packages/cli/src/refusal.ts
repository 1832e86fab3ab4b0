import type { EligibilityCheck } from "@stage6/eligibility";
import { verdictOfChecks } from "@stage6/validator";
import type { CommandResult } from "./command-result.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";

/** A refusal of the gate: what stands in the way, each with its code, and that nothing was written. */
export function refusal(what: string, checks: readonly EligibilityCheck[], next: string): CommandResult {
  const open = checks.filter(({ verdict }) => verdict !== "pass" && verdict !== "not-applicable");
  const lines = open.map(({ id, code, message }) => `  ${id} ${code ?? ""}: ${message}`);
  return {
    exitCode: exitCodeOf(open),
    text: `${[`${what}; nothing was written.`, ...lines, `Next: ${next}`].join("\n")}\n`,
    data: { checks },
  };
}

function exitCodeOf(open: readonly EligibilityCheck[]): ExitCode {
  const { exitCode } = verdictOfChecks(
    open.map((check) => ({ ...check, evidence: [], requirements: [...check.requirements] })),
  );
  return exitCode === EXIT.holds ? EXIT.refused : exitCode;
}
