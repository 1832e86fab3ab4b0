import { formatFinding, type Finding } from "@stage6/evidence-interface";
import type { Check, Evidence } from "../comparison.ts";
import { evidenceOf, slotEvidence } from "../evidence.ts";
import { trialRef, type Slot } from "../trial-slots.ts";
import { failed, passed, undecided, type Gathered } from "./check.ts";

/** Every planned trial is there, once, and nothing else is; a plan without a trial has nothing to show. */
export function trialsComplete({ judged, arrangement }: Gathered): Check {
  const head = { id: "trials-complete", requirements: ["R8", "R26"] };
  const slots = judged.map(({ slot }) => slot);
  const missing = slots.filter(({ state }) => state === "missing");
  const extras = arrangement.extras;
  const lost = missing.map((slot) => slotEvidence(slot, "MISSING_TRIAL", "", "no bundle"));
  if (extras.length > 0) {
    const added = extras.map((one) =>
      evidenceOf(
        trialRef(one.lane, one.fixture, one.number),
        one.bundleDigest,
        "EXTRA_TRIAL",
        "",
        "no place in the plan, or a second trial for the same place",
      ),
    );
    return failed(
      head,
      "EXTRA_TRIAL",
      `${extras.length} trials have no place in the plan or share one; ${missing.length} of ${slots.length} planned trials are missing`,
      [...added, ...lost],
    );
  }
  if (missing.length > 0)
    return failed(
      head,
      "MISSING_TRIAL",
      `${missing.length} of ${slots.length} planned trials are missing`,
      lost,
    );
  if (slots.length === 0) return failed(head, "EVIDENCE_MISSING", "no trial was planned, so none is there");
  return passed(head, `all ${slots.length} planned trials are there`);
}

/** Every trial began after the plan that it belongs to was made, by the times that plan and evidence state. */
export function trialsInOrder({ judged }: Gathered): Check {
  const head = { id: "trials-in-order", requirements: ["R8"] };
  const early = judged.filter(
    ({ slot, frame }) =>
      (slot.input?.report?.timing.startedAt ?? frame.plan.createdAt) < frame.plan.createdAt,
  );
  if (early.length === 0) return passed(head, "every trial began after its plan was made");
  return failed(
    head,
    "TRIAL_TOO_EARLY",
    `${early.length} of ${judged.length} trials began before their plan was made`,
    early.map(({ slot, frame }) =>
      slotEvidence(
        slot,
        "TRIAL_TOO_EARLY",
        "report.json/timing/startedAt",
        `${slot.input?.report?.timing.startedAt ?? ""}, the plan is of ${frame.plan.createdAt}`,
      ),
    ),
  );
}

/** The plan has at least as many fixtures, each of another task or commit, and trials per cell as the policy wants for its class of evidence. */
export function trialsSufficient({ frame: { plan, policy } }: Gathered): Check {
  const head = { id: "trials-sufficient", requirements: ["R19"] };
  const wanted = policy.trialsPerCell[plan.evidenceClass];
  const fixtures = policy.fixtures[plan.evidenceClass];
  const different = new Set(plan.fixtures.map(({ taskDigest, baseCommit }) => `${taskDigest} ${baseCommit}`))
    .size;
  const trials = `${plan.trialsPerCell} trials per cell planned, the policy wants ${wanted} with ${plan.evidenceClass} evidence`;
  const text =
    plan.fixtures.length >= fixtures
      ? trials
      : `${trials}; ${plan.fixtures.length} fixtures planned, it wants ${fixtures}`;
  if (plan.fixtures.length >= fixtures && different < fixtures)
    return failed(
      head,
      "FIXTURES_ALIKE",
      `${plan.fixtures.length} fixtures planned, but only ${different} different pairs of task and base commit among them; the policy wants ${fixtures}`,
    );
  return plan.trialsPerCell >= wanted && plan.fixtures.length >= fixtures
    ? passed(head, text)
    : undecided(head, "INSUFFICIENT_EVIDENCE", text);
}

/** Every bundle that is there is whole: no finding, no unreadable document; without a bundle nothing is. */
export function bundlesValid({ frame, judged }: Gathered): Check {
  const head = { id: "bundles-valid", requirements: ["R23", "R32"] };
  const invalid = judged.map(({ slot }) => slot).filter(({ state }) => state === "invalid");
  const found = judged.filter(({ slot }) => slot.state !== "missing").length;
  if (found === 0)
    return failed(head, "EVIDENCE_MISSING", `none of ${judged.length} planned trials left a bundle`);
  if (invalid.length === 0) return passed(head, `all ${found} bundles are whole`);
  const mine = invalid.filter(({ lane }) => lane.lane === frame.plan.candidate);
  const text = `${invalid.length} of ${found} bundles are invalid, ${mine.length} of them the candidate's`;
  const evidence = [...mine, ...invalid.filter((slot) => !mine.includes(slot))].flatMap(faults);
  return failed(head, mine.length > 0 ? "CANDIDATE_INVALID" : "BASELINE_INVALID", text, evidence);
}

function faults(slot: Slot): Evidence[] {
  const findings: readonly Finding[] = slot.input?.findings ?? [];
  const found = findings
    .slice(0, 10)
    .map((finding) => slotEvidence(slot, finding.code, finding.file, formatFinding(finding)));
  return found.length > 0
    ? found
    : [
        slotEvidence(
          slot,
          "EVIDENCE_MISSING",
          "",
          "a document is missing, or the reader called the bundle invalid",
        ),
      ];
}
