import type { EligibilityCheck, EligibilityCheckId } from "@stage6/eligibility";
import type { CheckId, GateCheck } from "../gate-check.ts";
import { escapeLong } from "../text.ts";
import { makeCheck, notRun } from "./make-check.ts";

/** Names under which the checks of the gate's own documents stand; four would clash with checks that a rehearsal makes as well. */
const NAMES: Readonly<Record<EligibilityCheckId, CheckId>> = {
  trust: "trust-root",
  harness: "lane-registry",
  contracts: "contracts",
  policy: "policy-signed",
  ownership: "ownership",
  order: "order",
  stage5: "stage5",
  "source-admission": "source-admission",
  comparison: "comparison-by-signed-policy",
  authority: "authority",
  "failure-matrix": "failure-matrix",
  proof: "proof",
  "operator-acceptance": "operator-acceptance",
  ledger: "ledger",
  records: "records",
};

/** Checks of the gate's own documents. */
export const GATE_CHECK_IDS: readonly CheckId[] = Object.values(NAMES);

/** The checks of the gate's own documents, under their names here; one that was not made fails as NOT_RUN. */
export function gateChecks(made: readonly EligibilityCheck[]): GateCheck[] {
  const byId = new Map(made.map((check) => [check.id, check]));
  return Object.entries(NAMES).map(([id, name]) => {
    const check = byId.get(id);
    if (check === undefined) return notRun(name, "the gate did not make this check");
    const evidence = check.evidence.map(({ path, sha256, what }) => ({
      path,
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(what === undefined ? {} : { what: escapeLong(what, 1000) }),
    }));
    return makeCheck(name, check.verdict, check.code, check.message, evidence);
  });
}
