import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { escapeText, keyId, signStatement } from "@stage6/evidence-interface";
import { deriveLaneResult, examineLane } from "@stage6/lane-conformance";
import type { CommandContext } from "../command-context.ts";
import { shellQuote } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { EXIT } from "../exit-code.ts";
import { TOOL } from "../tool.ts";
import { openAuthorKey } from "./author-key.ts";
import { readSamples } from "./lane-samples.ts";
import { loadLane } from "./load-lane.ts";

/** What an author asks of a check. */
export interface CheckLaneOptions {
  readonly samples: string;
  readonly key: string;
  readonly out: string;
}

/** Most findings shown of one rule. */
const MAX_SHOWN = 5;

/** Holds a packed lane to every rule, offline, and writes what came out as a signed statement, passed or failed. */
export async function checkLane(
  context: CommandContext,
  file: string,
  options: CheckLaneOptions,
): Promise<CommandResult> {
  const { cwd } = context.io;
  const { samples, streams } = await readSamples(resolve(cwd, options.samples), options.samples);
  const { lane, pack, dispose } = await loadLane(cwd, file);
  try {
    const results = examineLane(lane, samples);
    const kit = `pkg:npm/%40stage6/lane-conformance@${TOOL.version}`;
    const statement = deriveLaneResult({ lane, results, pack, streams, kit });
    const { key, made } = await openAuthorKey(resolve(cwd, options.key), options.key);
    if (made) context.log(`Made ${options.key} (keep it private) and ${options.key}.pub`);
    await writeFile(resolve(cwd, options.out), signStatement(statement, key));
    const { result, passedTests, failedTests } = statement.predicate;
    const rows = results.map(({ rule, statement: says, findings }) =>
      [
        `${findings.length === 0 ? "pass" : "FAIL"}  ${rule}: ${says}`,
        ...findings.slice(0, MAX_SHOWN).map((finding) => `      ${escapeText(finding)}`),
      ].join("\n"),
    );
    const verify = ["lanes", "verify", options.out, "--key", `${options.key}.pub`, "--package", file];
    return {
      exitCode: result === "PASSED" ? EXIT.holds : EXIT.refused,
      text: [
        ...rows,
        "",
        `${result}: ${passedTests.length} of ${results.length} rules kept by ${escapeText(lane.id)} (${pack.name} ${escapeText(pack.version)}) over ${samples.length} samples.`,
        `Signed result: ${options.out}`,
        `Next: ${[context.program, ...verify.map(shellQuote)].join(" ")}`,
        "",
      ].join("\n"),
      data: {
        lane: { id: lane.id, adapterVersion: lane.adapterVersion },
        package: pack,
        result: { file: join(options.out), state: result, passed: passedTests, failed: failedTests },
        rules: results,
        keyId: keyId(key),
      },
    };
  } finally {
    await dispose();
  }
}
