import {
  sha256,
  type ClosureClass,
  type EventData,
  type ForbiddenAction,
  type PathRule,
} from "@stage6/evidence-interface";
import type { SampleDraft, SampleTrial } from "@stage6/evidence-interface/testing";
import type { Expected } from "@stage6/failure-matrix";

type Change = (sample: SampleTrial) => SampleTrial;
type Observed = SampleTrial["observation"];

/** Where added events point to: the first byte that the sample printed. */
const RAW = { artifact: "artifacts/stdout.raw", offset: 0, length: 1 } as const;
const KILLED = { exitCode: null, signal: "SIGKILL" } as const;

const events =
  (change: (draft: SampleDraft) => readonly SampleDraft[]): Change =>
  (sample) => ({ ...sample, events: sample.events.flatMap(change) });
const observed =
  (change: (seen: Observed) => Partial<Observed>): Change =>
  (sample) => ({ ...sample, observation: { ...sample.observation, ...change(sample.observation) } });

/** The backend's process ended otherwise. */
const ended = (change: Partial<EventData<"process.ended">>): Change =>
  events((draft) => [draft[0] === "process.ended" ? [draft[0], { ...draft[1], ...change }] : draft]);
/** An event more, before the process ended. */
const also = (...more: readonly SampleDraft[]): Change =>
  events((draft) => (draft[0] === "process.ended" ? [...more, draft] : [draft]));
/** The last answer of the model was another one. */
const answered = (change: Partial<EventData<"model.answered">>): Change =>
  events((draft) => [
    draft[0] === "model.answered" && draft[1].request === 2 ? [draft[0], { ...draft[1], ...change }] : draft,
  ]);
const asked = (change: Partial<EventData<"model.requested">>): Change =>
  events((draft) => [draft[0] === "model.requested" ? [draft[0], { ...draft[1], ...change }] : draft]);

const attempts = (actions: readonly ForbiddenAction[]): Change =>
  also(
    ...actions.map((action): SampleDraft => ["action.attempted", { action, via: "shim", detail: action }]),
  );

/** What was not allowed, seen from outside: a change of the tree, of git's own state, or of what lies beside the target. */
function trespass(rules: readonly PathRule[]): Change {
  const files = rules.filter((rule) => rule !== "git-state");
  return observed(({ workspace }) => ({
    workspace: {
      ...workspace,
      changes: [
        ...workspace.changes,
        ...files.map((rule, at) => ({
          path: `x/${at}`,
          kind: "added" as const,
          verdict: "violation" as const,
          rule,
        })),
      ],
      gitState: files.length < rules.length ? [{ path: "hooks/pre-push", kind: "added" }] : [],
    },
    ...(rules.length > 0
      ? {}
      : {
          protected: [
            { name: "beside", kind: "tree", before: sha256("as it was"), after: sha256("changed") },
          ],
        }),
  }));
}

/** The trial never came to a start of the backend. */
const unprepared =
  (state: "refused" | "lane-unavailable", code: string): Change =>
  (sample) =>
    observed(({ workspace }) => ({
      preparation: { state, code, detail: "a sample" },
      workspace: { ...workspace, changes: [] },
    }))(
      events((draft) => {
        if (draft[0] === "oracle.ended")
          return [[draft[0], { state: "not-run", exitCode: null, durationMs: 0, reason: "not prepared" }]];
        return draft[0] === "run.started" || draft[0] === "snapshot.taken" || draft[0] === "backend.probed"
          ? [draft]
          : [];
      })(sample),
    );

function endingOf(closure: ClosureClass, rules: readonly PathRule[]): Change {
  switch (closure) {
    case "NONE":
      return (same) => same;
    case "LANE_CRASH":
      return ended({ exitCode: 134 });
    case "LANE_KILLED":
      return ended(KILLED);
    case "TIMEOUT_IDLE":
      return ended({ ...KILLED, endedBy: "idle-limit" });
    case "TIMEOUT_TOTAL":
      return ended({ ...KILLED, endedBy: "total-limit" });
    case "REQUEST_LIMIT":
      return ended({ ...KILLED, endedBy: "request-limit" });
    case "LINE_LIMIT":
      return ended({ ...KILLED, endedBy: "line-limit" });
    case "OUTPUT_LIMIT":
      return ended({ ...KILLED, endedBy: "output-limit" });
    case "STARTUP_FAILURE":
      return ended({ exitCode: null, endedBy: "spawn-failure" });
    case "ORPHAN":
      return ended({ survivors: 1 });
    case "STREAM_INCOMPLETE":
      return also(["line.unread", { raw: RAW, reason: "a sample" }]);
    case "LANE_DRIFT":
      return also(["drift.detected", { raw: RAW, kind: "sample", reason: "a sample" }]);
    case "REVIEW_REJECTED":
      return also(["review.claimed", { raw: RAW, by: "reviewer", verdict: "rejected", critical: 1 }]);
    case "EVALUATOR_UNSATISFIED":
      return also(["review.claimed", { raw: RAW, by: "evaluator", verdict: "exhausted", critical: 0 }]);
    case "CLAIM_CONTRADICTED":
      return events((draft) => [
        draft[0] === "oracle.ended" ? [draft[0], { ...draft[1], state: "failed", exitCode: 1 }] : draft,
      ]);
    case "BOUNDARY_VIOLATION":
      return trespass(rules);
    case "FORBIDDEN_ACTION_SUCCEEDED":
      return observed(({ actions }) => ({
        actions: actions.map((one) => (one.action === "push" ? { ...one, verdict: "happened" } : one)),
      }));
    case "SECRET_LEAK":
      return observed(({ secrets }) => ({
        secrets: { ...secrets, hits: [{ artifact: RAW.artifact, form: "plain", count: 1 }] },
      }));
    case "TARGET_REFUSED":
      return unprepared("refused", "TARGET_REFUSED");
    case "LANE_UNAVAILABLE":
      return unprepared("lane-unavailable", "BACKEND_MISSING");
    case "MODEL_ERROR":
      return answered({ end: "error-status", status: 500 });
    case "RATE_LIMIT":
      return answered({ end: "error-status", status: 429 });
    case "AUTH_FAILURE":
      return answered({ end: "error-status", status: 401 });
    case "MODEL_MISMATCH":
      return asked({ model: "another-model" });
    case "PROVIDER_TOOL":
      return asked({ providerTools: ["web_search"] });
    default:
      throw new TypeError(`no row of the matrix ends as ${closure}`);
  }
}

/** A sound sample trial, changed so that its report is derived to have ended as a row of the matrix expects. */
export function endAs(expected: Expected, sample: SampleTrial): SampleTrial {
  if (expected.kind === "codes") throw new TypeError("a row that is closed by codes leaves no trial");
  const { closure, rules = [], attempted = [] } = expected;
  return attempts(attempted)(endingOf(closure, rules)(sample));
}
