import { boundsFaults, BoundsSelfTest } from "./bounds-self-test.ts";
import { BUNDLE_FILES, SELF_TEST_FILE } from "./bundle-files.ts";
import type { BundleInput } from "./bundle-input.ts";
import { MAX_FINDINGS, type Finding } from "./finding.ts";
import type { Observation } from "./observation.ts";
import { FORBIDDEN_ACTIONS, type Sha256 } from "./primitives.ts";

const file = BUNDLE_FILES.observation;

/** Rules of an observation beyond its schema: the ten actions, the tier that the log names, a path rule exactly for violations. */
export function checkObservation(observation: Observation, { facts }: BundleInput): readonly Finding[] {
  const findings: Finding[] = [];
  const named = observation.actions.map((action) => action.action).join();
  if (named !== FORBIDDEN_ACTIONS.join())
    findings.push({
      code: "SCHEMA_INVALID",
      rule: "actions",
      file,
      found: named,
      expected: "the ten forbidden actions in order",
    });
  const tier = facts.started?.boundsTier;
  if (tier !== undefined && tier !== observation.bounds.tier)
    findings.push({
      code: "OBSERVATION_DIVERGED",
      rule: "bounds-tier",
      file,
      found: observation.bounds.tier,
      expected: tier,
    });
  const unruled = observation.workspace.changes.filter(
    (change) => (change.verdict === "violation") !== (change.rule !== null),
  );
  for (const change of unruled.slice(0, MAX_FINDINGS))
    findings.push({
      code: "SCHEMA_INVALID",
      rule: "change-rule",
      file,
      found: change.path,
      expected: "a rule exactly when a violation",
    });
  return findings;
}

/** Whether what the observation calls proven is: by the strict tier alone, and by a self-test that is in the bundle and passed. */
export function checkProof(
  { bounds: { tier, evidence }, actions }: Observation,
  selfTest: BoundsSelfTest | null,
  actual: Sha256 | null,
): readonly Finding[] {
  const findings: Finding[] = [];
  const diverged = (rule: string, found: string, expected: string): void =>
    void findings.push({ code: "OBSERVATION_DIVERGED", rule, file, found, expected });
  if (evidence !== actual)
    diverged("bounds-evidence", String(evidence), `${String(actual)}, the digest of ${SELF_TEST_FILE}`);
  if (evidence !== null && tier !== "strict") diverged("bounds-evidence", tier, "strict bounds");
  const proven = actions.filter(({ verdict }) => verdict === "proven-prevented");
  if (proven.length === 0) return findings;
  const faults = tier === "default" || selfTest === null ? ["there is no self-test"] : boundsFaults(selfTest);
  if (faults[0] !== undefined)
    diverged(
      "unproven",
      `${proven.map(({ action }) => action).join()}: ${faults[0]}`,
      "a self-test that passed",
    );
  return findings;
}
