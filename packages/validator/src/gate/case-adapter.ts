// Made by tools/generate-contracts.ts from packages/lane-case/src; not written by hand.
import type { ContractInForce } from "@stage6/eligibility";

/** The adapter of the Case lane that is in force: its version, and a digest of the files that hold its rules. */
export const CASE_ADAPTER: ContractInForce = {
  version: "0.0.0",
  sha256: "sha256:d1bdc529e6de1f37b3ef965da8cf735556608a8718898ababd9602ffb70d13ec",
};
