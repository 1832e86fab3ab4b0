import type { Timestamp } from "@stage6/evidence-interface";
import { SCHEMA_VERSION } from "@stage6/evidence-interface";
import { verdictWord, type ExitCode } from "./exit-code.ts";
import { TOOL } from "./tool.ts";

/** What a verb found or did. */
export interface CommandResult {
  readonly exitCode: ExitCode;
  /** For a person, with a newline at the end; empty for nothing. */
  readonly text: string;
  /** For a machine: fields of the JSON document. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Verdict of the JSON document when the exit code alone does not say it. */
  readonly verdict?: string;
  /** The whole JSON document, when it has a schema of its own. */
  readonly document?: object;
}

/** Head of a JSON document. */
export interface ResultHead {
  readonly command: string;
  readonly now: Timestamp;
  readonly harnessRoot: string;
}

/** The one JSON document of a call, as text. */
export function renderJson(head: ResultHead, result: CommandResult): string {
  const { exitCode, data, verdict, document } = result;
  const whole = document ?? {
    schemaVersion: SCHEMA_VERSION,
    tool: TOOL,
    command: head.command,
    verdict: verdict ?? verdictWord(exitCode),
    exitCode,
    now: head.now,
    harnessRoot: head.harnessRoot,
    ...data,
    activation: "none",
  };
  return `${JSON.stringify(whole)}\n`;
}
