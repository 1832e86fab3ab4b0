import { escapeText } from "@stage6/evidence-interface";
import { formatRootFinding } from "@stage6/validator";
import type { CommandResult } from "./command-result.ts";
import type { DescribedError } from "./describe-error.ts";

/** Lines of text of unknown origin, each escaped. */
const lines = (text: string): string[] => text.split("\n").map((line) => escapeText(line.trimEnd()));

/** A failure for a person, on stderr. */
export function renderError(error: DescribedError): string {
  return [
    ...(error.details === null ? [] : lines(error.details).map((line) => `  ${line}`)),
    `stage6: ${lines(error.message).join(" ")} (${error.code})`,
    ...error.findings.map((finding) => `  ${formatRootFinding(finding)}`),
    ...(error.remedy === null ? [] : [`Next: ${error.remedy}`]),
    "",
  ].join("\n");
}

/** A failure as the result of a call. */
export function errorResult(error: DescribedError): CommandResult {
  const { exitCode, code, message, remedy, findings } = error;
  return { exitCode, text: "", data: { error: { code, message, remedy, findings } } };
}
