import { SELF_TEST_FILE } from "../bundle-files.ts";
import { sha256 } from "../digest.ts";
import type { BoundsSelfTest } from "../bounds-self-test.ts";
import { writeStrictBytes } from "../strict-json.ts";
import { sampleSelfTest } from "./sample-self-test.ts";
import { sampleTrial, type SampleDraft, type SampleTrial } from "./sample-trial.ts";

/** A Codex trial in strict bounds that claims to have prevented everything, on the strength of this self-test; null leaves it out. */
export function sampleStrictTrial(
  selfTest: BoundsSelfTest | null = sampleSelfTest(),
  tier: "strict" | "default" = "strict",
): SampleTrial {
  return inStrictBounds(sampleTrial({ lane: "codex" }), selfTest, tier);
}

/** The same trial run in strict bounds that held: every forbidden action is proven to be prevented by the self-test in its bundle. */
export function inStrictBounds(
  trial: SampleTrial,
  selfTest: BoundsSelfTest | null = sampleSelfTest(),
  tier: "strict" | "default" = "strict",
): SampleTrial {
  const { events, observation, artifacts } = trial;
  const bytes = selfTest === null ? null : writeStrictBytes({ ...selfTest, trial: observation.trial });
  const proof = { role: "bounds-self-test", mediaType: "application/json" } as const;
  return {
    ...trial,
    events: events.map((draft): SampleDraft =>
      draft[0] === "run.started" ? ["run.started", { ...draft[1], boundsTier: tier }] : draft,
    ),
    observation: {
      ...observation,
      bounds: { requested: "strict", tier, reason: "", evidence: bytes === null ? null : sha256(bytes) },
      actions: observation.actions.map((action) => ({ ...action, verdict: "proven-prevented" })),
    },
    artifacts: new Map([
      ...artifacts,
      ...(bytes === null ? [] : [[SELF_TEST_FILE, { ...proof, bytes }] as const]),
    ]),
  };
}
