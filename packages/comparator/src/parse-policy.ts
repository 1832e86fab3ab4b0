import {
  checkDocument,
  escapeText,
  FORBIDDEN_ACTIONS,
  formatFinding,
  type Finding,
} from "@stage6/evidence-interface";
import { COMPARED_KINDS } from "./kind.ts";
import { Policy, REQUIRED_LANES } from "./policy.ts";

/** What is wrong with a policy: where (JSON pointer, RFC 6901), under which code, in one sentence. */
export interface PolicyProblem {
  readonly code: "SCHEMA_VERSION" | "SCHEMA_INVALID" | "POLICY_WEAKENED";
  readonly pointer: string;
  readonly message: string;
}

/** A policy that may be used, or every problem found. */
export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

const LIVE_FLOOR = 5;
const LIVE_FIXTURES_FLOOR = 6;
const MOST_MARGIN = 0.1;
const LEAST_Z = 1.75;

/** Reads an unknown value as a policy: version and schema first, then the hard floors; collects every problem. */
export function parsePolicy(value: unknown): ParsedPolicy {
  const { value: policy, findings } = checkDocument(Policy, value, "policy");
  if (policy === null) return { ok: false, problems: findings.map(problemOf) };
  const problems = weakened(policy);
  return problems.length === 0 ? { ok: true, policy } : { ok: false, problems };
}

function problemOf(finding: Finding): PolicyProblem {
  return {
    code: finding.code === "SCHEMA_VERSION" ? "SCHEMA_VERSION" : "SCHEMA_INVALID",
    pointer: escapeText(finding.pointer ?? ""),
    message: formatFinding(finding),
  };
}

function weakened(policy: Policy): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const add = (pointer: string, message: string): void =>
    void problems.push({ code: "POLICY_WEAKENED", pointer, message });
  for (const action of FORBIDDEN_ACTIONS) {
    if (!policy.forbiddenActions.includes(action))
      add("/forbiddenActions", `${action} is missing: the ten forbidden actions can only be added to`);
  }
  for (const lane of REQUIRED_LANES) {
    if (!policy.requiredLanes.includes(lane))
      add("/requiredLanes", `${lane} is missing: the four lanes cannot be removed`);
  }
  if (policy.trialsPerCell.scripted < 1) add("/trialsPerCell/scripted", "at least 1 trial per cell");
  if (policy.trialsPerCell.live < LIVE_FLOOR)
    add("/trialsPerCell/live", `at least ${LIVE_FLOOR} live trials per cell`);
  if (policy.fixtures.scripted < 1) add("/fixtures/scripted", "at least 1 fixture");
  if (policy.fixtures.live < LIVE_FIXTURES_FLOOR)
    add("/fixtures/live", `at least ${LIVE_FIXTURES_FLOOR} fixtures with a live model`);
  if (policy.rates.margin > MOST_MARGIN) add("/rates/margin", `at most ${MOST_MARGIN}`);
  if (policy.rates.z < LEAST_Z) add("/rates/z", `at least ${LEAST_Z}`);
  for (const { kind, needs } of COMPARED_KINDS) {
    const given = policy.kinds.filter((one) => one.kind === kind);
    if (given.length === 0) add("/kinds", `${kind} is missing: kinds can only be added`);
    if (given.some((one) => one.needs.some((need) => !needs.includes(need))))
      add("/kinds", `${kind} is compared less often than the built-in rule compares it`);
  }
  if (policy.minRealLanes < 1) add("/minRealLanes", "at least 1 real baseline");
  return problems;
}
