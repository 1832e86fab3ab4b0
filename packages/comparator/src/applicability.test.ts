import { checkDocument, digestHex } from "@stage6/evidence-interface";
import { expect, test } from "vitest";
import { ApplicabilityRecord, checkApplicability, type ApplicabilityInput } from "./applicability.ts";
import { compare, type CompareInput } from "./compare.ts";
import type { Check } from "./comparison.ts";
import { blockedLane, digestOf, plannedLane, sampleInput, samplePlan } from "./testing/documents.ts";
import { liveInput } from "./testing/live.ts";

const planId = digestHex(sampleInput().planDigest).slice(0, 16);
const RECORD: ApplicabilityRecord = {
  schemaVersion: "1.0",
  lane: "pi",
  planId,
  reasonCode: "BACKEND_MISSING",
  probe: {
    argv: ["pi", "--version"],
    exitCode: 127,
    stdoutSha256: digestOf(""),
    stderrSha256: digestOf("not found"),
    probedAt: "2025-12-31T00:00:00.000Z",
  },
  scope: "plan",
  rationale: "The vendor has no build of this backend for the machine at hand.",
  recordedBy: "operator:sample",
  recordedAt: "2025-12-31T00:00:00.000Z",
  expiresAt: "2026-01-20T00:00:00.000Z",
};
const given = (change: Partial<ApplicabilityRecord> = {}, lane = "pi"): ApplicabilityInput[] => [
  { lane, digest: digestOf("record"), record: { ...RECORD, ...change } },
];
const withoutPi = (input: CompareInput): CompareInput => ({
  ...input,
  plan: {
    ...input.plan,
    lanes: input.plan.lanes.map((lane) => (lane.lane === "pi" ? blockedLane("pi") : lane)),
  },
  trials: input.trials.filter(({ lane }) => lane !== "pi"),
});
const check = (input: CompareInput): Check | undefined =>
  compare(input).checks.find(({ id }) => id === "applicability");

test("a blocked lane needs a record with live evidence, and one that holds passes", () => {
  expect(check(withoutPi(liveInput()))).toMatchObject({ verdict: "fail", code: "LANE_SILENTLY_OMITTED" });
  const recorded = { ...withoutPi(liveInput()), applicability: given() };
  expect(check(recorded)?.verdict).toBe("pass");
  expect(compare(recorded).exitCode).toBe(0);
  expect(compare(withoutPi(sampleInput())).exitCode).toBe(0);
});

test.each([
  ["of another plan", { planId: "0000000000000000" }],
  ["of another lane", { lane: "codex" }],
  ["with another reason than the plan", { reasonCode: "PLATFORM_UNSUPPORTED" }],
  [
    "that expired before the plan was made",
    {
      recordedAt: "2025-12-02T00:00:00.000Z",
      probe: { ...RECORD.probe, probedAt: "2025-12-01T00:00:00.000Z" },
      expiresAt: "2025-12-20T00:00:00.000Z",
    },
  ],
  ["that holds for more than 30 days", { expiresAt: "2026-02-20T00:00:00.000Z" }],
  ["older than its probe", { recordedAt: "2025-12-30T00:00:00.000Z" }],
] as const)("a record %s is invalid", (_, change) => {
  const input = { ...withoutPi(sampleInput()), applicability: given(change) };
  expect(check(input)).toMatchObject({ verdict: "fail", code: "LANE_NA_INVALID" });
  expect(compare(input).exitCode).toBe(3);
});

test("a record from the future is invalid, and where nothing depends on time none is", () => {
  const { plan } = withoutPi(sampleInput());
  const at = (now: string | null) => checkApplicability(RECORD, planId, plan, false, now);
  expect(at("2025-12-30T23:59:59.999Z")).toEqual([
    { code: "LANE_NA_INVALID", message: `recorded at ${RECORD.recordedAt}, which is yet to come` },
  ]);
  expect(at(RECORD.recordedAt)).toEqual([]);
  expect(at("2026-01-19T23:59:59.999Z")).toEqual([]);
  expect(at(RECORD.expiresAt)).toEqual([
    { code: "LANE_NA_INVALID", message: `expired at ${RECORD.expiresAt}` },
  ]);
  expect(at(null)).toEqual([]);
});

test("fake and the candidate are never not applicable, and an unread record is invalid", () => {
  for (const lane of ["fake", "case"])
    expect(check({ ...sampleInput(), applicability: given({ lane }, lane) })?.code).toBe("LANE_NA_INVALID");
  const unread = [{ lane: "pi", digest: null, record: null }];
  expect(check({ ...withoutPi(sampleInput()), applicability: unread })?.code).toBe("LANE_NA_INVALID");
});

test("a record is contradicted by a trial, by a planned lane, and by a probe that succeeded", () => {
  const trials = sampleInput().trials;
  for (const input of [
    { ...withoutPi(sampleInput()), trials, applicability: given() },
    {
      ...sampleInput(samplePlan({ lanes: ["case", "codex", "fake", "pi"].map(plannedLane) })),
      applicability: given(),
    },
    { ...withoutPi(sampleInput()), applicability: given({ probe: { ...RECORD.probe, exitCode: 0 } }) },
  ]) {
    expect(check(input)).toMatchObject({ verdict: "fail", code: "LANE_NA_CONTRADICTED" });
    expect(compare(input).exitCode).not.toBe(0);
  }
});

test("a short rationale, no probe, or that nobody selected the lane, is no record", () => {
  const sound = (change: object): boolean =>
    checkDocument(ApplicabilityRecord, { ...RECORD, ...change }, "record.json").findings.length === 0;
  expect(sound({})).toBe(true);
  expect(sound({ rationale: "not needed" })).toBe(false);
  expect(sound({ probe: undefined })).toBe(false);
  expect(sound({ reasonCode: "NOT_SELECTED" })).toBe(false);
});
