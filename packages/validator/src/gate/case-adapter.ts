// Made by tools/generate-contracts.ts from packages/lane-case/src; not written by hand.
import type { ContractInForce } from "@stage6/eligibility";

/** The adapter of the Case lane that is in force: its version, and a digest of the files that hold its rules. */
export const CASE_ADAPTER: ContractInForce = {
  version: "0.0.0",
  sha256: "sha256:6434b46ac3538cddf495f15b1dde07144545ba9e8f505226b44947944bbb2cf3",
};
