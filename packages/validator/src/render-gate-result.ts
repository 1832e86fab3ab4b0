import { CHECK_IDS, type GateCheck } from "./gate-check.ts";
import type { GateResult } from "./gate-result.ts";
import { escapeLong, wrap } from "./text.ts";
import { exitCodeOfCheck } from "./verdict-of-checks.ts";

const MAX_SHOWN = 5;

/** What a user does about a check that does not pass. Evidence is never repaired: unsound evidence is made again under a new plan. */
const NEXT: ReadonlyMap<string, string> = new Map([
  ["internal", "report this as a defect of stage6, with the JSON result"],
  ["root-readable", "stage6 init, or name another folder with --harness-root"],
  ["harness-config", "correct harness.json, or start a new root with stage6 init"],
  ["trust", "correct trust/keys.json, or start a new root with stage6 init"],
  ["policy", "correct policy/stage6.policy.json; a changed policy needs a new plan"],
  [
    "journal",
    "restore the named files, or journal/ with them, from a copy; a file without a line never counted and can be removed",
  ],
  ["plan-present", "stage6 plan"],
  ["bundles", "stage6 run"],
  ["applicability", "stage6 not-applicable, before the plan is compared"],
  ["comparison", "read the comparison with stage6 compare --explain"],
  ["comparison-stored", "stage6 compare"],
  ["evidence-class", "stage6 plan --live, then run and compare again"],
  ["trust-root", "stage6 operator add NAME --key FILE.pub, or correct the named lines of trust/"],
  ["policy-signed", "stage6 sign-policy, by an operator"],
  ["contracts", "stage6 init in a new root, or put contracts/ back as they were"],
  ["lane-registry", "put lanes/ and harness.json back as init wrote them"],
  ["ownership", "state in fixtures/<id>/ownership.json whose repository it is"],
  ["order", "stage6 plan, then run and compare again; see to the clock first"],
  [
    "authority",
    "set this candidate aside if a forbidden action happened; plan --bounds strict if one was not judged",
  ],
  ["comparison-by-signed-policy", "sign the policy, then read stage6 compare --explain"],
  ["source-admission", "stage6 admit-source, by the admission reviewer"],
  ["stage5", "stage6 stage5, by the Stage 5 validator"],
  ["failure-matrix", "stage6 matrix"],
  ["proof", "stage6 compare --seal"],
  ["operator-acceptance", "stage6 accept, by an operator"],
  ["ledger", "restore eligibility/ledger.jsonl from a copy"],
  ["records", "restore eligibility/ from a copy"],
]);
const NEXT_BY_CODE: ReadonlyMap<string, string> = new Map([
  [
    "SOURCE_NOT_HERE",
    "say where the source lies (stage6 probe names the variable; backends in harness.json keeps it), or judge the rest with stage6 validate --without-source",
  ],
  ["MISSING_TRIAL", "stage6 run"],
  ["CANDIDATE_UNAVAILABLE", "stage6 probe, make the candidate available, then stage6 plan"],
  ["INSUFFICIENT_COMPARISON", "stage6 probe, make a real baseline available, then stage6 plan"],
  ["INSUFFICIENT_EVIDENCE", "stage6 plan with more trials"],
]);
const UNSOUND = "restore the named files from a copy, or set the root aside and run a new plan";
const REMADE: ReadonlySet<string> = new Set(["plan-present", "bundles", "comparison", "comparison-stored"]);

/** A gate result as plain text of at most 100 columns: verdict, checks in the order of work, what is missing, what to do next. */
export function renderGateResult(result: GateResult): string {
  const { verdict, exitCode, plan, counts, activation } = result;
  const checks = inOrder(result.checks);
  const open = checks.filter((check) => exitCodeOfCheck(check) !== 0);
  const { planned, present, missing, invalid, extra } = counts.trials;
  const lines = [
    ...wrap(`Stage 6 gate: ${verdict} (exit ${exitCode}), activation: ${activation}`, 0, 2),
    ...wrap(
      plan === null
        ? "No plan"
        : `Plan ${plan.id}: ${present} of ${planned} trials sound, ${missing} missing, ${invalid} invalid, ${extra} not planned`,
      0,
      2,
    ),
    "",
    ...checks.flatMap(checkLines),
    "",
    ...missingLines(open),
  ];
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

function inOrder(checks: readonly GateCheck[]): readonly GateCheck[] {
  const order = new Map<string, number>(CHECK_IDS.map((id, index) => [id, index]));
  return checks.toSorted((a, b) => (order.get(a.id) ?? -1) - (order.get(b.id) ?? -1));
}

function checkLines(check: GateCheck): string[] {
  const { id, verdict, code, message, evidence } = check;
  const head = wrap(
    `${verdict.padEnd(12)} ${id}${code === null ? "" : ` ${code}`}: ${escapeLong(message, 600)}`,
    0,
    13,
  );
  if (exitCodeOfCheck(check) === 0) return head;
  // One line per file, so that a file with many faults does not hide the next one.
  const firsts = [...new Map(evidence.toReversed().map((one) => [one.path, one])).values()]
    .toReversed()
    .slice(0, MAX_SHOWN);
  const shown = firsts.flatMap(({ path, what }) => wrap(`- ${escapeLong(what ?? path, 400)}`, 13, 15));
  const rest = evidence.length - firsts.length;
  return rest > 0
    ? [...head, ...shown, ...wrap(`… ${rest} more in the JSON result`, 13, 15)]
    : [...head, ...shown];
}

function missingLines(open: readonly GateCheck[]): string[] {
  const [first] = open;
  if (first === undefined)
    return ["Nothing is missing. The candidate stays off: eligibility is recorded, never activated."];
  return [
    ...wrap(`Missing: ${open.map(({ id }) => id).join(", ")}`, 0, 9),
    ...wrap(`Next: ${nextStep(first)}`, 0, 6),
  ];
}

function nextStep(check: GateCheck): string {
  if (exitCodeOfCheck(check) === 3 && REMADE.has(check.id)) return UNSOUND;
  return NEXT_BY_CODE.get(check.code ?? "") ?? NEXT.get(check.id) ?? `read the JSON result of ${check.id}`;
}
