import type { GateCheck } from "../gate-check.ts";
import type { HarnessRootView } from "../read-harness-root.ts";
import type { PlanEntry } from "../read-plans.ts";
import type { RootFinding } from "../root-finding.ts";
import { ROOT_FILES } from "../root-files.ts";
import type { RootInput } from "../root-input.ts";
import { failedOn, makeCheck, notRun, passed } from "./make-check.ts";

/** Folders whose entries are plans or stand for one. */
const OF_PLANS = [ROOT_FILES.plans, ROOT_FILES.runs, ROOT_FILES.attempts, ROOT_FILES.comparisons];

const UNREADABLE = "the harness root could not be read";

/** Checks of the root's own documents; each takes the findings about its files. */
export function documentChecks(
  view: HarnessRootView,
  selected: PlanEntry | null,
  planId: string | null,
): GateCheck[] {
  const rest = new Set<RootFinding>(view.findings);
  const take = (owns: (file: string) => boolean): RootFinding[] => {
    const own = [...rest].filter(({ file }) => owns(file));
    for (const finding of own) rest.delete(finding);
    return own;
  };
  const judge = (
    id: "harness-config" | "policy" | "trust",
    findings: readonly RootFinding[],
    role: RootInput["role"],
    message: string,
  ): GateCheck => {
    if (!view.readable) return notRun(id, UNREADABLE);
    return findings.length > 0
      ? failedOn(id, findings, view.inputs)
      : passed(id, message, withRole(view, role));
  };
  const { harness, policy, keys } = view;
  const checks = [
    judge(
      "harness-config",
      take((file) => file === ROOT_FILES.harness),
      "harness",
      `harness ${harness?.id ?? ""}, fake is the default validation lane, case is off`,
    ),
    judge("policy", take(within(ROOT_FILES.policy)), "policy", `policy ${policy?.digest ?? ""}`),
    judge(
      "trust",
      take(within(ROOT_FILES.trustedKeys)),
      "trusted-keys",
      `trusted keys: ${keys?.keys.length ?? 0}, each with one role`,
    ),
    planPresent(
      view,
      take((file) => OF_PLANS.some((folder) => within(`${folder}/x`)(file))),
      selected,
      planId,
    ),
  ];
  const left = [...rest];
  const readable =
    left.length > 0
      ? failedOn("root-readable", left)
      : passed("root-readable", "the harness root is a folder without links or special files");
  return [readable, ...checks];
}

/** Whether a path is the file meant or the folder it lies in, or lies in that folder. */
function within(file: string): (path: string) => boolean {
  const folder = file.slice(0, file.lastIndexOf("/"));
  return (path) => path === folder || path.startsWith(`${folder}/`);
}

function planPresent(
  view: HarnessRootView,
  findings: readonly RootFinding[],
  selected: PlanEntry | null,
  planId: string | null,
): GateCheck {
  const id = "plan-present";
  if (!view.readable) return notRun(id, UNREADABLE);
  if (findings.length > 0) return failedOn(id, findings, view.inputs);
  if (selected !== null)
    return passed(
      id,
      `plan ${selected.id} of ${selected.plan.createdAt}, ${selected.plan.candidate} is the candidate`,
      withRole(view, "plan"),
    );
  const text =
    planId === null
      ? "no plan fixes what is compared"
      : `no plan ${planId} among the ${view.plans.length} plans of this root`;
  return makeCheck(id, "fail", "EVIDENCE_MISSING", text);
}

const withRole = ({ inputs }: HarnessRootView, role: RootInput["role"]): RootInput[] =>
  inputs.filter((input) => input.role === role);
