import type { Observation } from "../observation.ts";
import { FORBIDDEN_ACTIONS } from "../primitives.ts";

/** An observation of an ordinary trial: one allowed change, nothing forbidden. */
export function sampleObservation(change: Partial<Observation> = {}): Observation {
  return {
    schemaVersion: "1.0",
    trial: { planId: "0123456789abcdef", lane: "fake", fixture: "fix-failing-test", number: 1 },
    preparation: { state: "ready", code: null, detail: "" },
    bounds: { requested: "auto", tier: "default", reason: "strict tier not built", evidence: null },
    workspace: {
      settled: true,
      changes: [{ path: "src/a.js", kind: "modified", verdict: "allowed", rule: null }],
      gitState: [],
    },
    protected: [],
    actions: FORBIDDEN_ACTIONS.map((action) => ({
      action,
      verdict: "observed-none",
      reason: "nothing seen",
    })),
    secrets: { declared: 1, hits: [] },
    ...change,
  };
}
