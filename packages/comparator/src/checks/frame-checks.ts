import type { Limits } from "@stage6/evidence-interface";
import type { Static } from "typebox";
import { differenceCode } from "../comparability.ts";
import type { Check } from "../comparison.ts";
import { evidenceOf, slotEvidence } from "../evidence.ts";
import { sortedBy } from "../order.ts";
import { openActions, openText, tierOf } from "../open-actions.ts";
import { failed, passed, type Gathered } from "./check.ts";

/** Both sides of every cell, and the plan, share every comparability key. */
export function comparable({ frame, cells }: Gathered): Check {
  const head = { id: "comparable", requirements: ["R20", "R31"] };
  const seen = new Map<string, ReturnType<typeof evidenceOf>>();
  for (const { baseline, fixture, differences } of cells) {
    for (const difference of differences) {
      const { key, candidate, baseline: theirs, planned } = difference;
      const what = `${key}: ${frame.plan.candidate} has ${candidate}, ${baseline} has ${theirs}, planned ${planned}`;
      seen.set(
        `${baseline}/${fixture}/${key}`,
        evidenceOf(`${baseline}/${fixture}`, null, differenceCode(difference), key, what),
      );
    }
  }
  const evidence = [...seen.values()];
  const [first] = cells.flatMap(({ differences }) => differences);
  if (first === undefined) return passed(head, "both sides of every cell ran under the same conditions");
  return failed(
    head,
    differenceCode(first),
    `${first.key} differs: candidate ${first.candidate}, baseline ${first.baseline}, planned ${first.planned}`,
    evidence,
  );
}

/** The plan was made under this very policy and keeps its limits. */
export function policyBound({ frame: { plan, policy, policyDigest } }: Gathered): Check {
  const head = { id: "policy-bound", requirements: ["R6"] };
  if (plan.policyDigest !== policyDigest)
    return failed(
      head,
      "POLICY_MISMATCH",
      `planned under ${plan.policyDigest}, compared under ${policyDigest}`,
    );
  const differing = limitPairs(plan.limits, policy.limits).filter(
    ([, planned, wanted]) => planned !== wanted,
  );
  if (differing.length === 0) return passed(head, "planned and compared under the same policy");
  return failed(
    head,
    "POLICY_MISMATCH",
    differing
      .map(([name, planned, wanted]) => `limit ${name}: planned ${planned}, policy ${wanted}`)
      .join("; "),
  );
}

/** The plan's class of evidence is the class of every planned lane's model; only fake may have no model. */
export function evidenceClass({ frame: { plan } }: Gathered): Check {
  const head = { id: "evidence-class", requirements: ["R19"] };
  const wrong = sortedBy(plan.lanes, ({ lane }) => lane).filter(
    ({ lane, state, model }) =>
      state === "planned" &&
      model?.class !== plan.evidenceClass &&
      !(lane === "fake" && model?.class === "none"),
  );
  if (wrong.length === 0) return passed(head, `evidence is ${plan.evidenceClass}`);
  const text = wrong
    .map(({ lane, model }) => `${lane} has model class ${model?.class ?? "unstated"}`)
    .join("; ");
  return failed(head, "EVIDENCE_CLASS_MISMATCH", `evidence is called ${plan.evidenceClass}, but ${text}`);
}

/**
 * Every trial ran in at least the bounds tier that is wanted, and with live evidence, for which that is strict whatever the
 * policy says, each forbidden action is proven to be prevented in each trial. What scripted evidence leaves open is named.
 */
export function boundsFloor({ frame: { plan, policy }, judged }: Gathered): Check {
  const head = { id: "bounds-floor", requirements: ["R26", "R41"] };
  const live = plan.evidenceClass === "live";
  const floor = live ? "strict" : policy.boundsTierFloor;
  const slots = judged.map(({ slot }) => slot);
  const below = slots.filter(({ input }) => floor === "strict" && tierOf(input) === "default");
  const open = openActions(
    slots.flatMap(({ input }) => input ?? []),
    live,
  );
  const text = open.length === 0 ? "" : `; not judged: ${openText(open)}`;
  if (below.length > 0)
    return failed(
      head,
      "BOUNDS_BELOW_FLOOR",
      `${below.length} of ${slots.length} trials ran in tier default, ${live ? "live evidence needs" : "the policy wants"} strict${text}`,
      below.map((slot) =>
        slotEvidence(
          slot,
          "BOUNDS_BELOW_FLOOR",
          "observation.json/bounds/tier",
          slot.input?.observation?.bounds.reason ?? "",
        ),
      ),
    );
  if (live && open.length > 0)
    return failed(
      head,
      "ACTION_UNJUDGED",
      `live evidence has to prove that no forbidden action happened${text}`,
      slots
        .filter(({ input }) => input !== null && openActions([input], live).length > 0)
        .map((slot) =>
          slotEvidence(
            slot,
            "ACTION_UNJUDGED",
            "observation.json/actions",
            openActions(slot.input === null ? [] : [slot.input], live)
              .map(({ action }) => action)
              .join(", "),
          ),
        ),
    );
  return passed(head, `every trial ran in tier ${floor} or better${text}`);
}

/** The plan's tier is at least the one that is wanted: what would run below it could never pass. */
export function boundsPlanned({ frame: { plan, policy } }: Gathered): Check {
  const head = { id: "bounds-floor", requirements: ["R26", "R41"] };
  const live = plan.evidenceClass === "live";
  const floor = live ? "strict" : policy.boundsTierFloor;
  if (floor === "default" || plan.boundsTier === "strict")
    return passed(head, `planned in tier ${plan.boundsTier}`);
  return failed(
    head,
    "BOUNDS_BELOW_FLOOR",
    `planned in tier ${plan.boundsTier}, ${live ? "live evidence needs" : "the policy wants"} strict`,
  );
}

function limitPairs(
  planned: Static<typeof Limits>,
  wanted: Static<typeof Limits>,
): [string, number, number][] {
  return [
    ["totalMs", planned.totalMs, wanted.totalMs],
    ["idleMs", planned.idleMs, wanted.idleMs],
    ["outputBytes", planned.outputBytes, wanted.outputBytes],
    ["lineBytes", planned.lineBytes, wanted.lineBytes],
    ["modelRequests", planned.modelRequests, wanted.modelRequests],
    ["oracleMs", planned.oracleMs, wanted.oracleMs],
    // 0 stands for no limit.
    ["toolCalls", planned.toolCalls ?? 0, wanted.toolCalls ?? 0],
    ["diskBytes", planned.diskBytes ?? 0, wanted.diskBytes ?? 0],
    ["memoryBytes", planned.memoryBytes ?? 0, wanted.memoryBytes ?? 0],
  ];
}
