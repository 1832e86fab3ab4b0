import { renderSummary, summarizeEvidence } from "@stage6/eligibility";
import type { GateCheck, CheckId } from "./gate-check.ts";
import type { GateResult } from "./gate-result.ts";
import { escapeLong, wrap } from "./text.ts";
import { exitCodeOfCheck } from "./verdict-of-checks.ts";

/** One step on the way to a record: the checks it is made of, and the words of the command that takes it. */
interface Step {
  readonly name: string;
  readonly checks: readonly CheckId[];
  readonly command: readonly string[];
  /** Another command for a code that the first one would not help with. */
  readonly instead?: Readonly<Record<string, readonly string[]>>;
}

/** The way to a record, in the order in which it is gone. */
const STEPS: readonly Step[] = [
  {
    name: "root",
    checks: ["root-readable", "harness-config", "trust", "policy", "contracts", "lane-registry"],
    command: ["init"],
  },
  {
    name: "operator",
    checks: ["trust-root"],
    command: ["operator", "add", "NAME", "--key", "FILE.pub"],
    instead: {
      FOUNDER_UNKNOWN: ["operator", "trust", "FINGERPRINT"],
      TRUST_ROOT_UNSIGNED: ["operator", "confirm", "--founder", "FILE"],
    },
  },
  { name: "signed policy", checks: ["policy-signed"], command: ["sign-policy", "--operator", "NAME"] },
  { name: "source admission", checks: ["source-admission"], command: ["admit-source", "--review", "FILE"] },
  {
    name: "Stage 5 evidence",
    checks: ["stage5"],
    command: ["stage5", "--files", "FOLDER", "--envelope", "FILE"],
  },
  { name: "plan", checks: ["plan-present", "ownership", "order"], command: ["plan"] },
  { name: "trials", checks: ["bundles"], command: ["run"] },
  {
    name: "comparison",
    checks: ["comparison", "comparison-stored", "comparison-by-signed-policy", "authority"],
    command: ["compare"],
  },
  { name: "failure matrix", checks: ["failure-matrix"], command: ["matrix"] },
  { name: "proof", checks: ["proof"], command: ["compare", "--seal"] },
  { name: "acceptance", checks: ["operator-acceptance"], command: ["accept", "--operator", "NAME"] },
  { name: "record", checks: ["ledger", "records"], command: ["record"] },
  { name: "live evidence", checks: ["evidence-class"], command: ["plan", "--live"] },
];

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
  const recorded = result.inputs.some(({ role }) => role === "record");
  const judged = STEPS.map((step) => ({ step, ...standingOf(step, byId, recorded) }));
  const first = judged.find(({ standing }) => standing.state !== "done");
  const next =
    first === undefined
      ? null
      : command(first.step.instead?.[first.standing.code ?? ""] ?? first.step.command);
  const lines = [
    ...wrap(
      first === undefined
        ? "Stage 6: every check holds. Candidate only, not active: nothing was switched on."
        : `Stage 6: ${result.verdict}; ${judged.filter(({ standing }) => standing.state === "done").length} of ${STEPS.length} steps hold. Nothing is switched on, whatever the steps say.`,
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

function standingOf(
  { name, checks }: Step,
  byId: ReadonlyMap<string, GateCheck>,
  recorded: boolean,
): { readonly standing: StepStanding; readonly message: string } {
  const open = checks.flatMap((id) => byId.get(id) ?? []).filter((check) => exitCodeOfCheck(check) !== 0);
  const gravest = open.find(({ code }) => code !== "NOT_RUN") ?? open[0];
  // Without a record nothing is wrong with the records; the step is still to be taken.
  if (gravest === undefined && name === "record" && !recorded)
    return { standing: { name, state: "missing", code: null }, message: "nothing was recorded yet" };
  if (gravest === undefined) return { standing: { name, state: "done", code: null }, message: "" };
  // Evidence that is there and lacks a kind lost a comparison: nothing is still to be made.
  const missing =
    gravest.code === "NOT_RUN" ||
    (gravest.code !== "KINDS_MISSING" && /_(MISSING|UNKNOWN)$/.test(gravest.code ?? ""));
  return {
    standing: { name, state: missing ? "missing" : "refused", code: gravest.code },
    message: escapeLong(gravest.message, 160),
  };
}
