import { resolve } from "node:path";
import {
  checkDocument,
  digestHex,
  escapeText,
  formatFinding,
  keyId,
  openEnvelope,
  parseStrictBytes,
} from "@stage6/evidence-interface";
import { errorCode, readHashed, readSmallFile } from "@stage6/evidence-interface/fs";
import { LaneResult } from "@stage6/lane-conformance";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { readAuthorKey } from "./author-key.ts";

const MAX_RESULT_BYTES = 2 * 1024 * 1024;

/** What a reader asks of a result. */
export interface VerifyLaneOptions {
  readonly key: string;
  readonly package: string;
}

/** Verifies a signed result: signature by this key, its schema, and that it is about this very package. */
export async function verifyLaneResult(
  context: CommandContext,
  file: string,
  options: VerifyLaneOptions,
): Promise<CommandResult> {
  const { cwd } = context.io;
  const key = await readAuthorKey(resolve(cwd, options.key), options.key);
  const refused = (exitCode: ExitCode, code: string, message: string): CommandResult => ({
    exitCode,
    text: `${code}: ${escapeText(message)}\n`,
    data: { code, message },
  });
  const bytes = await readSmallFile(resolve(cwd, file), MAX_RESULT_BYTES).catch(() => null);
  if (bytes === null) return refused(EXIT.invalid, "UNREADABLE", `${file} cannot be read`);
  const opened = openEnvelope(bytes, new Map([[keyId(key), key]]));
  if (!opened.ok) return refused(EXIT.invalid, opened.code, `${opened.rule}: ${opened.found}`);
  const json = parseStrictBytes(opened.payload, MAX_RESULT_BYTES);
  const { value, findings } = checkDocument(LaneResult, json.ok ? json.value : null, file);
  if (value === null) return refused(EXIT.invalid, "SCHEMA_INVALID", findings.map(formatFinding).join("; "));
  const found = await readHashed(resolve(cwd, options.package)).then(
    ({ sha256 }) => digestHex(sha256),
    (error: unknown) => errorCode(error),
  );
  const [subject] = value.subject;
  if (subject?.digest.sha256 !== found)
    return refused(
      EXIT.invalid,
      "SUBJECT_MISMATCH",
      `the result is about ${subject?.digest.sha256 ?? "nothing"}, ${options.package} is ${found}`,
    );
  const { result, passedTests, failedTests } = value.predicate;
  const { lane, adapterVersion } = subject.annotations;
  const failed = failedTests.length === 0 ? "" : `; broken: ${failedTests.map(escapeText).join(", ")}`;
  return {
    exitCode: result === "PASSED" && failedTests.length === 0 ? EXIT.holds : EXIT.refused,
    text: `Signature and package fit. ${result}: lane ${escapeText(lane)} ${escapeText(adapterVersion)} kept ${passedTests.length} rules${failed}\n`,
    data: { statement: value, keyId: opened.keyid },
  };
}
