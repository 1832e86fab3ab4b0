import { sha256, writeStrictBytes, type Timestamp } from "@stage6/evidence-interface";
import { errorCode } from "@stage6/evidence-interface/fs";
import { notRun } from "./checks/make-check.ts";
import type { CollectedTrial } from "./collect-trials.ts";
import { CHECK_IDS, type GateCheck } from "./gate-check.ts";
import type { GateResult, GateTool } from "./gate-result.ts";
import { judgeRoot, type JudgedRoot } from "./judge-root.ts";
import { byCodeUnit } from "./order.ts";
import type { RootInput } from "./root-input.ts";
import { escapeLong } from "./text.ts";
import { verdictOfChecks } from "./verdict-of-checks.ts";

/** What a gate run is made from. */
export interface ValidateOptions {
  /** Folder of the harness root. */
  readonly root: string;
  /** Time to judge at. */
  readonly now: Timestamp;
  /** Plan to judge; the newest when left out. */
  readonly planId?: string;
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
    return assemble(options, await judgeRoot(options.root, options.planId ?? null, options.now));
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
    const view = {
      readable: false,
      harness: null,
      policy: null,
      keys: null,
      trusted: null,
      plans: [],
      findings: [],
      inputs: [],
    };
    return assemble(options, {
      view,
      selected: null,
      trials: [],
      comparison: null,
      matrix: null,
      inputs: [],
      checks: [...checks, internal],
    });
  }
}

function assemble({ now, tool = TOOL }: ValidateOptions, judged: JudgedRoot): GateResult {
  const { view, selected, trials, comparison } = judged;
  const checks = judged.checks.toSorted((a, b) => byCodeUnit(a.id, b.id));
  const { verdict, exitCode } = verdictOfChecks(checks);
  const inputs = judged.inputs
    .map((input): RootInput => ({ ...input, path: escapeLong(input.path, 4000) }))
    .sort((a, b) => byCodeUnit(a.path, b.path));
  const passed = checks.filter((check) => check.verdict === "pass").length;
  const findings = [...view.findings, ...trials.flatMap((trial) => trial.findings)].length;
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
    inputs,
    checks,
    ...(comparison === null ? {} : { comparison }),
    matrix: judged.matrix,
    counts: {
      plans: view.plans.length,
      trials: countTrials(trials),
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
