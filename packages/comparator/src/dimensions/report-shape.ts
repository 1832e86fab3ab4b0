import type { TrialRef } from "@stage6/evidence-interface";
import type { Static } from "typebox";
import { noFindings } from "../finding-dimension.ts";
import { onReport, type DimensionRules, type Frame, type Subject, type Violation } from "../rule.ts";

const SENTINEL = /^(unknown|none|null|undefined|n\/?a|todo|tbd|-|\?)?$/i;
const ZERO = /^(sha256:)?0+$/;
const EPOCH = "1970-01-01T00:00:00.000Z";

/** Report shape: a report that is there, reads, follows from its events, names this very trial and leaves no required field hollow. */
export const reportShape: DimensionRules = {
  dimension: "report-shape",
  components: [
    onReport("report-present", () => []),
    noFindings("report-valid", "report-shape"),
    onReport("report-identity", (report, subject, frame) =>
      identity(report.trial, report.planDigest, subject, frame),
    ),
    onReport("report-backend", (report, { lane }) => [
      ...pinned("/lane/adapterVersion", report.lane.adapterVersion, lane.adapterVersion),
      ...pinned("/lane/backendVersion", report.lane.backendVersion, lane.backendVersion),
      ...pinned("/lane/backendSha256", report.lane.backendSha256, lane.backendSha256),
    ]),
    onReport("report-filled", (report) => [
      ...hollow("/harness/name", report.harness.name),
      ...hollow("/harness/version", report.harness.version),
      ...hollow("/lane/adapterVersion", report.lane.adapterVersion),
      ...hollow("/lane/backendVersion", report.lane.backendVersion ?? "not-stated"),
      ...(report.model.planned.class === "none"
        ? []
        : [
            ...hollow("/model/planned/provider", report.model.planned.provider),
            ...hollow("/model/planned/id", report.model.planned.id),
          ]),
      ...zero("/fixture/digest", report.fixture.digest),
      ...zero("/fixture/taskDigest", report.fixture.taskDigest),
      ...zero("/fixture/baseCommit", report.fixture.baseCommit),
      ...zero("/events/sha256", report.events.sha256),
      ...zero("/observationSha256", report.observationSha256),
      ...(report.events.count === 0 ? [incomplete("/events/count", "0")] : []),
      ...[report.timing.startedAt, report.timing.endedAt]
        .filter((time) => time === EPOCH)
        .map((time) => incomplete("/timing", time)),
    ]),
  ],
};

function* identity(
  trial: Static<typeof TrialRef>,
  planDigest: string,
  { lane, fixture, number, observation, manifest, report }: Subject,
  frame: Frame,
): Iterable<Violation> {
  const wanted = `${frame.planId}/${lane.lane}/${fixture.id}/${number}`;
  const named: readonly (readonly [string, Static<typeof TrialRef> | undefined])[] = [
    ["report.json/trial", trial],
    ["observation.json/trial", observation?.trial],
    ["manifest.json/trial", manifest?.trial],
  ];
  for (const [where, ref] of named) {
    const found = ref === undefined ? wanted : `${ref.planId}/${ref.lane}/${ref.fixture}/${ref.number}`;
    if (found !== wanted) yield mismatch(where, found, wanted);
  }
  if (planDigest !== frame.planDigest) yield mismatch("report.json/planDigest", planDigest, frame.planDigest);
  if (manifest !== null && report !== null && manifest.attemptId !== report.attemptId) {
    yield mismatch("report.json/attemptId", report.attemptId, manifest.attemptId);
  }
}

function pinned(pointer: string, found: string | null, planned: string | null): Violation[] {
  return planned === null || found === planned
    ? []
    : [mismatch(`report.json${pointer}`, found ?? "null", planned)];
}

const mismatch = (where: string, found: string, wanted: string): Violation => ({
  code: "TRIAL_MISMATCH",
  where,
  what: `found ${found}, planned ${wanted}`,
});
const incomplete = (pointer: string, found: string): Violation => ({
  code: "REPORT_INCOMPLETE",
  where: `report.json${pointer}`,
  what: `holds no value: ${found === "" ? "empty" : found}`,
});
const hollow = (pointer: string, text: string): Violation[] =>
  SENTINEL.test(text.trim()) ? [incomplete(pointer, text)] : [];
const zero = (pointer: string, digest: string): Violation[] =>
  ZERO.test(digest) ? [incomplete(pointer, digest)] : [];
