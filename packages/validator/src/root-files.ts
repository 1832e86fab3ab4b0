import { relative, sep } from "node:path";
import { rootLayout } from "@stage6/evidence-interface/fs";

const layout = rootLayout("root");
const below = (path: string): string => relative("root", path).split(sep).join("/");

/** Paths of a harness root relative to it, with `/` on every platform. */
export const ROOT_FILES = {
  harness: below(layout.harness),
  policy: below(layout.policy),
  trustedKeys: below(layout.trustedKeys),
  plans: below(layout.plans),
  fixtures: below(layout.fixtures),
  attempts: below(layout.attempts),
  runLock: below(layout.runLock),
  runs: below(layout.runs),
  comparisons: below(layout.comparisons),
  policySignature: below(layout.policySignature),
  allowedSigners: below(layout.allowedSigners),
  revocations: below(layout.revocations),
  trustRoot: below(layout.trustRoot),
  trustRootSignature: below(layout.trustRootSignature),
  lanes: below(layout.lanes),
  contracts: below(layout.contracts),
  stage5: below(layout.stage5),
  admissions: below(layout.admissions),
  matrix: below(layout.matrix),
  proofs: below(layout.proofs),
  acceptances: below(layout.acceptances),
  eligibility: below(layout.eligibility),
  journal: below(layout.journal),
} as const;
