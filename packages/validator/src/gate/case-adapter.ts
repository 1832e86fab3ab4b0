// Made by tools/generate-contracts.ts from packages/lane-case/src; not written by hand.
import type { ContractInForce } from "@stage6/eligibility";

/** The adapter of the Case lane that is in force: its version, and a digest of the files that hold its rules. */
export const CASE_ADAPTER: ContractInForce = {
  version: "0.0.0",
  sha256: "sha256:50642f91cea385e4ffbc8a3fb81cab69bb1aa293f4c3fb206dc7a0c825bb2ec8",
};
