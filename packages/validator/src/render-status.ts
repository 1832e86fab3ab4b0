import { renderSummary, summarizeEvidence } from "@stage6/eligibility";
import type { GateCheck } from "./gate-check.ts";
import type { GateResult } from "./gate-result.ts";
import { GATE_STEPS, type GateStepName } from "./gate-steps.ts";
import { escapeLong, wrap } from "./text.ts";
import { exitCodeOfCheck } from "./verdict-of-checks.ts";

/** What `validate` names file by file, and no command puts right. */
const JOURNAL_CODES = [
  "JOURNAL_MISSING",
  "JOURNAL_BROKEN",
  "JOURNAL_ROLLED_BACK",
  "JOURNAL_DOCUMENT",
  "JOURNAL_UNLISTED",
];

/** The command that takes a step. */
interface StepCommand {
  readonly command: readonly string[];
  /** Another command for a code that the first one would not help with. */
  readonly instead?: Readonly<Record<string, readonly string[]>>;
}

const COMMANDS: Readonly<Record<GateStepName, StepCommand>> = {
  root: {
    command: ["init"],
    instead: Object.fromEntries(JOURNAL_CODES.map((code) => [code, ["validate"]])),
  },
  operator: {
    command: ["operator", "add", "NAME", "--key", "FILE.pub"],
    instead: {
      FOUNDER_UNKNOWN: ["operator", "trust", "FINGERPRINT"],
      TRUST_ROOT_UNSIGNED: ["operator", "confirm", "--founder", "FILE"],
    },
  },
  "signed policy": { command: ["sign-policy", "--operator", "NAME"] },
  "source admission": {
    command: ["admit-source", "--review", "FILE"],
    instead: { SOURCE_NOT_HERE: ["probe"], SOURCE_REPLACED: ["plan"], SOURCE_DRIFT: ["plan"] },
  },
  "Stage 5 evidence": { command: ["stage5", "--files", "FOLDER", "--envelope", "FILE"] },
  plan: { command: ["plan"] },
  trials: { command: ["run"] },
  comparison: {
    command: ["compare"],
    instead: {
      MISSING_TRIAL: ["run"],
      LANE_SILENTLY_OMITTED: ["not-applicable", "--lane", "LANE"],
      LANE_NA_INVALID: ["not-applicable", "--lane", "LANE"],
    },
  },
  "failure matrix": { command: ["matrix"] },
  proof: { command: ["compare", "--seal"] },
  acceptance: {
    command: ["accept", "--operator", "NAME"],
    // What an operator rejected is not signed again: another look needs other evidence.
    instead: { ACCEPTANCE_REJECTED: ["plan"] },
  },
  record: { command: ["record"] },
  "live evidence": { command: ["plan", "--live"] },
};

/** Where one step stands. */
export interface StepStanding {
  readonly name: string;
  readonly state: "done" | "missing" | "refused";
  readonly code: string | null;
}

/** One screen of at most 100 columns: every step with its standing, and the next command. `command` turns words into a line a reader can copy. */
export function renderStatus(
  result: GateResult,
  command: (words: readonly string[]) => string,
): { readonly text: string; readonly next: string | null; readonly steps: readonly StepStanding[] } {
  const byId = new Map(result.checks.map((check) => [check.id, check]));
  const judged = judgeSteps(result, byId);
  const first = judged.find(({ standing }) => standing.state !== "done");
  const isLive = byId.get("evidence-class")?.verdict === "pass";
  const next = first === undefined ? null : command(commandOf(first, isLive));
  const lines = [
    ...wrap(
      first === undefined
        ? "Stage 6: every check holds. Candidate only, not active: nothing was switched on."
        : `Stage 6: ${result.verdict}; ${judged.filter(({ standing }) => standing.state === "done").length} of ${GATE_STEPS.length} steps hold. Nothing is switched on, whatever the steps say.`,
      0,
      2,
    ),
    "",
    ...judged.flatMap(({ standing, message }) =>
      wrap(
        `${standing.state.padEnd(8)} ${standing.name}${standing.code === null ? "" : ` (${standing.code})`}${message === "" ? "" : `: ${message}`}`,
        0,
        11,
      ),
    ),
    "",
    ...shownLines(result),
    ...(next === null ? [] : wrap(`Next: ${next}`, 0, 6)),
  ];
  return { text: `${lines.join("\n").trimEnd()}\n`, next, steps: judged.map(({ standing }) => standing) };
}

/** What the evidence shows beside the steps; nothing before there is any. */
function shownLines({ comparison, counts }: GateResult): string[] {
  if (comparison === undefined) return [];
  const summary = summarizeEvidence(comparison, counts.lostAttempts);
  return [...renderSummary(summary).flatMap((line) => wrap(line, 0, 2)), ""];
}

interface JudgedStep {
  readonly name: GateStepName;
  readonly standing: StepStanding;
  readonly message: string;
}

/** Words of the command that takes a step, or mends it when it stands refused with this code. */
export function commandOfStep(step: GateStepName, code: string | null): readonly string[] {
  const { command, instead } = COMMANDS[step];
  return instead?.[code ?? ""] ?? command;
}

function commandOf({ name, standing }: JudgedStep, isLive: boolean): readonly string[] {
  const words = commandOfStep(name, standing.code);
  return isLive && words.join(" ") === "plan" ? [...words, "--live"] : words;
}

function judgeSteps(result: GateResult, byId: ReadonlyMap<string, GateCheck>): JudgedStep[] {
  let proven = true;
  return GATE_STEPS.map((step) => {
    const { name } = step;
    const judged = partly(result, name) ?? standingOf(name, step.checks, byId);
    if (name === "proof") proven = judged.standing.state === "done";
    if (judged.standing.state !== "done") return judged;
    // What was said of a proof is as good as the proof.
    if (!proven && (name === "acceptance" || name === "record"))
      return missing(name, "it would rest on a proof that does not hold");
    if (name === "record" && !result.inputs.some(({ role }) => role === "record"))
      return missing(name, "nothing was recorded yet");
    return judged;
  });
}

const missing = (name: GateStepName, message: string): JudgedStep => ({
  name,
  standing: { name, state: "missing", code: null },
  message,
});

/** Trials of which some are still to be made: every bundle that is there may hold, and the step is not done. */
function partly({ comparison, counts }: GateResult, name: GateStepName): JudgedStep | null {
  const lacks = comparison?.checks.some(({ code }) => code === "MISSING_TRIAL") ?? false;
  if (name !== "trials" || !lacks || counts.trials.invalid > 0) return null;
  return missing(name, `${counts.trials.present} of ${counts.trials.planned} planned trials left a bundle`);
}

function standingOf(
  name: GateStepName,
  checks: readonly string[],
  byId: ReadonlyMap<string, GateCheck>,
): JudgedStep {
  const open = checks.flatMap((id) => byId.get(id) ?? []).filter((check) => exitCodeOfCheck(check) !== 0);
  const gravest = open.find(({ code }) => code !== "NOT_RUN") ?? open[0];
  if (gravest === undefined) return { name, standing: { name, state: "done", code: null }, message: "" };
  // Evidence that is there and lacks a kind lost a comparison: nothing is still to be made.
  const isMissing =
    gravest.code === "NOT_RUN" ||
    (gravest.code !== "KINDS_MISSING" && /_(MISSING|UNKNOWN)$/.test(gravest.code ?? ""));
  return {
    name,
    standing: { name, state: isMissing ? "missing" : "refused", code: gravest.code },
    message: escapeLong(gravest.message, 160),
  };
}
