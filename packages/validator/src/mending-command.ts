import type { GateCheck } from "./gate-check.ts";
import { GATE_STEPS } from "./gate-steps.ts";
import { commandOfStep } from "./render-status.ts";

type Words = readonly string[];

/** What mends the checks of a plan; every other check is mended by the command of its step. */
const OF_PLAN: Readonly<Record<string, Words>> = {
  "candidate-present": ["probe"],
  "baselines-present": ["probe"],
  "real-baselines": ["probe"],
  "trials-sufficient": ["fixtures", "add", "--help"],
  "policy-bound": ["plan", "--live"],
  "bounds-floor": ["plan", "--live", "--bounds", "strict"],
  ownership: ["fixtures", "own", "FIXTURE", "--owner", "NAME", "--consent", "WORDS"],
  applicability: ["not-applicable", "--lane", "LANE", "--rationale", "TEXT", "--recorded-by", "NAME"],
};

/** Words of the command that mends a check which does not hold; `status` when no command does. */
export function mendingCommand({ id, code }: Pick<GateCheck, "id" | "code">): Words {
  const own = OF_PLAN[id];
  if (own !== undefined) return own;
  const step = GATE_STEPS.find(({ checks }): boolean => (checks as readonly string[]).includes(id));
  return step === undefined ? ["status"] : commandOfStep(step.name, code);
}
