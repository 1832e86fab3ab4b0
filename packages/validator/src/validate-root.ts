import { sha256, writeStrictBytes } from "@stage6/evidence-interface";
import { errorCode } from "@stage6/evidence-interface/fs";
import { notRun } from "./checks/make-check.ts";
import type { CollectedTrial } from "./read-trial.ts";
import { CHECK_IDS, type GateCheck } from "./gate-check.ts";
import type { GateResult, GateTool } from "./gate-result.ts";
import { judgeRoot, type JudgedRoot } from "./judge-root.ts";
import { byCodeUnit } from "./order.ts";
import type { ReadGateOptions } from "./gate/read-gate.ts";
import type { RootInput } from "./root-input.ts";
import { escapeLong } from "./text.ts";
import { verdictOfChecks } from "./verdict-of-checks.ts";

/** What a gate run is made from. */
export interface ValidateOptions extends ReadGateOptions {
  /** The tool to name in the result. */
  readonly tool?: GateTool;
}

const TOOL: GateTool = { name: "stage6", version: "0.0.0", sourceDigest: null };

/**
 * Judges a whole harness root, read-only, and gives one result document. It never throws: bad input is findings inside
 * checks, and a defect of this program is the code INTERNAL with exit code 70.
 */
export async function validateRoot(options: ValidateOptions): Promise<GateResult> {
  try {
    return assemble(options, await judgeRoot(options));
  } catch (error) {
    const checks = CHECK_IDS.map((id) => notRun(id, "the validator failed before this check"));
    const internal: GateCheck = {
      id: "internal",
      requirements: [],
      verdict: "fail",
      code: "INTERNAL",
      message: `internal error ${escapeLong(errorCode(error), 200)}`,
      evidence: [],
    };
    return assemble(options, {
      gate: nothingRead(),
      comparison: null,
      matrix: null,
      inputs: [],
      checks: [...checks, internal],
    });
  }
}

function nothingRead(): JudgedRoot["gate"] {
  const view = {
    readable: false,
    harness: null,
    policy: null,
    keys: null,
    machines: null,
    trusted: null,
    recorders: null,
    plans: [],
    findings: [],
    inputs: [],
  };
  const nothing = {
    trials: [],
    earlier: [],
    attempts: null,
    findings: [],
    inputs: [],
    journal: null,
    verified: null,
  };
  return { view, selected: null, applicability: null, matrix: null, documents: null, ...nothing };
}

function assemble({ now, tool = TOOL }: ValidateOptions, judged: JudgedRoot): GateResult {
  const { gate, comparison, matrix } = judged;
  const { view, selected, trials } = gate;
  const checks = judged.checks.toSorted((a, b) => byCodeUnit(a.id, b.id));
  const { verdict, exitCode } = verdictOfChecks(checks);
  const inputs = judged.inputs
    .map((input): RootInput => ({ ...input, path: escapeLong(input.path, 4000) }))
    .sort((a, b) => byCodeUnit(a.path, b.path));
  const passed = checks.filter((check) => check.verdict === "pass").length;
  const findings = [...gate.findings, ...trials.flatMap((trial) => trial.findings)].length;
  return {
    schemaVersion: "1.0",
    tool,
    command: "validate",
    verdict,
    exitCode,
    now,
    harnessRoot: { digest: sha256(writeStrictBytes(inputs)) },
    policy: view.policy === null ? null : { digest: view.policy.digest },
    plan: selected === null ? null : { id: selected.id, digest: selected.digest },
    journal: gate.journal === null || gate.journal.findings.length > 0 ? null : gate.journal.point,
    inputs,
    checks,
    ...(comparison === null ? {} : { comparison }),
    matrix,
    counts: {
      plans: view.plans.length,
      trials: countTrials(trials),
      lostAttempts: gate.attempts?.lost.length ?? 0,
      findings,
      checks: { passed, failed: checks.length - passed },
    },
    activation: "none",
  };
}

function countTrials(trials: readonly CollectedTrial[]): GateResult["counts"]["trials"] {
  const count = (wanted: CollectedTrial["state"]): number =>
    trials.filter(({ state }) => state === wanted).length;
  const extra = count("extra");
  return {
    planned: trials.length - extra,
    present: count("present"),
    invalid: count("invalid"),
    missing: count("missing"),
    extra,
  };
}
