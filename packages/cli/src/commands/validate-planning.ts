import { readdir } from "node:fs/promises";
import { isUtf8 } from "node:buffer";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { checkPlanning, PLANNING_CODES, type PlanningFile, type PlanningFinding } from "@stage6/eligibility";
import { escapeText } from "@stage6/evidence-interface";
import { errorCode, readSmallFile } from "@stage6/evidence-interface/fs";
import type { Perform } from "../build-program.ts";
import { EXIT } from "../exit-code.ts";
import { parsePath } from "../parse-options.ts";

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_ISSUES = 1000;

type ReadPlanning = { readonly file: PlanningFile | null; readonly finding: PlanningFinding | null };

/** `validate-planning`: the PRD and the issue artifacts of a stage. Reads only. */
export function addValidatePlanning(program: Command, perform: Perform): void {
  const command = program
    .command("validate-planning")
    .description(
      "check the PRD and the issue artifacts: front matter, headings, criteria and issues both ways, ids, words",
    )
    .option("--root <folder>", "folder that the paths start from", parsePath, ".")
    .option("--prd <file>", "the PRD", parsePath, "docs/planning/prd.md")
    .option("--issues <folder>", "folder of the issue artifacts", parsePath, "docs/planning/issues");
  perform<{ root: string; prd: string; issues: string }>(command, async (context, { root, prd, issues }) => {
    const base = resolve(context.io.cwd, root);
    const read = [await readOne(base, prd), ...(await readIssues(base, issues))];
    const [own, ...others] = read.map(({ file }) => file);
    const unread = read.flatMap(({ finding }) => finding ?? []);
    const report =
      own === null || own === undefined
        ? { criteria: 0, issues: 0, findings: [] }
        : checkPlanning({ prd: own, issues: others.filter((one) => one !== null) });
    const findings = [...unread, ...report.findings];
    const exitCode = unread.length > 0 ? EXIT.invalid : findings.length > 0 ? EXIT.refused : EXIT.holds;
    const head =
      findings.length === 0
        ? `Planning holds: ${report.criteria} criteria, ${report.issues} issues, each mapped to the other. It activates nothing.`
        : `Planning does not hold: ${findings.length} findings.`;
    return {
      exitCode,
      verdict: exitCode === EXIT.holds ? "pass" : exitCode === EXIT.refused ? "refused" : "invalid",
      text: `${[head, ...findings.map(lineOf)].join("\n")}\n`,
      data: {
        checks: checksOf(findings),
        findings: findings.map((one) => ({
          ...one,
          found: one.found === null ? null : escapeText(one.found),
        })),
        counts: { criteria: report.criteria, issues: report.issues, findings: findings.length },
      },
    };
  });
}

/** One check per code, so that a reader sees what was asked as well as what was found. */
function checksOf(findings: readonly PlanningFinding[]) {
  return Object.entries(PLANNING_CODES).map(([code, asked]) => {
    const found = findings.filter((one) => one.code === code);
    const [first] = found;
    return {
      id: code.toLowerCase().replaceAll("_", "-"),
      requirements: code === "PLANNING_AUTHORITY_DRIFT" ? ["R1", "R42"] : ["R42", "R46"],
      verdict: first === undefined ? "pass" : "fail",
      code: first === undefined ? null : code,
      message: first === undefined ? `nowhere: ${asked}` : `${found.length} times: ${asked}`,
      evidence: found.map(({ file, line }) => ({
        path: file,
        ...(line === null ? {} : { what: `line ${line}` }),
      })),
    };
  });
}

function lineOf({ code, file, line, found, expected }: PlanningFinding): string {
  const at = line === null ? file : `${file}:${line}`;
  return `  ${code} ${at}: expected ${escapeText(expected)}${found === null ? "" : `, found ${escapeText(found)}`}`;
}

async function readIssues(base: string, folder: string): Promise<ReadPlanning[]> {
  try {
    const names = (await readdir(join(base, folder))).filter((name) => name.endsWith(".md")).toSorted();
    if (names.length > MAX_ISSUES) return [unreadable(folder, `${names.length} issues`)];
    return await Promise.all(names.map((name) => readOne(base, `${folder}/${name}`)));
  } catch (error) {
    return [unreadable(folder, errorCode(error))];
  }
}

async function readOne(base: string, file: string): Promise<ReadPlanning> {
  try {
    const bytes = await readSmallFile(resolve(base, file), MAX_BYTES);
    if (bytes === null) return unreadable(file, `more than ${MAX_BYTES} bytes`);
    if (!isUtf8(bytes)) return unreadable(file, "bytes that are no UTF-8");
    return { file: { file, text: bytes.toString("utf8") }, finding: null };
  } catch (error) {
    return unreadable(file, errorCode(error));
  }
}

function unreadable(file: string, found: string): ReadPlanning {
  const expected = "a readable Markdown file";
  return { file: null, finding: { code: "PLANNING_UNREADABLE", file, line: null, found, expected } };
}
