import type { TrialRecorder } from "./trial-recorder.ts";
import type { TrialSpec } from "./trial-spec.ts";

/** Writes the first events of a trial: everything that the plan fixed, and which backend was driven. */
export function startLog(recorder: TrialRecorder, spec: TrialSpec): void {
  const { fixture, digest } = spec.fixture;
  recorder.write("run.started", {
    schemaVersion: "1.0",
    trial: spec.trial,
    attemptId: spec.attemptId,
    planDigest: spec.planDigest,
    policyDigest: spec.plan.policyDigest,
    fixtureDigest: digest,
    taskDigest: fixture.task.sha256,
    baseCommit: fixture.repository.baseCommit,
    harness: spec.harness,
    adapterVersion: spec.lane.adapterVersion,
    model: spec.model,
    limits: spec.plan.limits,
    boundsTier: spec.plan.boundsTier,
  });
  recorder.write("backend.probed", {
    version: spec.backendVersion,
    sha256: spec.backend.sha256,
    source: spec.backend.source,
  });
}
