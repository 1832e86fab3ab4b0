import type { Check } from "../comparison.ts";
import { evidenceOf } from "../evidence.ts";
import { candidateBinary } from "../earlier-plans.ts";
import { failed, passed, type Gathered } from "./check.ts";

/** Every earlier plan for the candidate is listed, is there, and is one for this very candidate. */
export function earlierPlansListed({ frame: { plan }, earlier }: Gathered): Check {
  const head = { id: "earlier-plans", requirements: ["R19"] };
  const listed = plan.earlierPlans ?? [];
  const found = new Set(earlier.map(({ id }) => id));
  const lost = listed.filter((id) => !found.has(id));
  if (lost.length > 0)
    return failed(
      head,
      "EARLIER_PLAN_MISSING",
      `${lost.length} of ${listed.length} earlier plans are not there: ${lost.join(", ")}`,
      lost.map((id) => evidenceOf(id, null, "EARLIER_PLAN_MISSING", "", "the plan lists it")),
    );
  const others = earlier.filter(
    (one) =>
      one.plan.candidate !== plan.candidate ||
      one.plan.evidenceClass !== plan.evidenceClass ||
      candidateBinary(one.plan) !== candidateBinary(plan),
  );
  const silent = earlier.filter((one) => !listed.includes(one.id) && !others.includes(one));
  if (silent.length > 0)
    return failed(
      head,
      "EARLIER_PLAN_UNLISTED",
      `${silent.length} plans were made before for this candidate, and the plan does not list them: ${silent.map(({ id }) => id).join(", ")}`,
      silent.map(({ id, digest }) => evidenceOf(id, digest, "EARLIER_PLAN_UNLISTED", "", "not listed")),
    );
  const wrong = others.filter(({ id }) => listed.includes(id));
  if (wrong.length > 0)
    return failed(
      head,
      "EARLIER_PLAN_MISSING",
      `listed, but made for another candidate or class of evidence: ${wrong.map(({ id }) => id).join(", ")}`,
    );
  const look = `look ${listed.length + 1} at this candidate`;
  if (listed.length === 0) return passed(head, look);
  return passed(
    head,
    `${look}; ${plan.evidenceClass === "live" ? "the trials of all earlier plans are pooled" : "scripted trials are no draws and are not pooled"}`,
  );
}
