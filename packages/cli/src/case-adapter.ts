import type { ContractInForce } from "@stage6/eligibility";
import { sha256, writeStrictBytes } from "@stage6/evidence-interface";
import { LANES } from "./lane-catalog.ts";

/** The adapter of the Case lane as this program has it: its version, and a digest of what it declares of itself. */
export function caseAdapter(): ContractInForce {
  const found = LANES.find(({ id }) => id === "case");
  const lane = found?.lane ?? null;
  const version = lane?.adapterVersion ?? "none";
  const declared = lane === null ? null : { modelClass: lane.modelClass, probe: lane.probe.args };
  return { version, sha256: sha256(writeStrictBytes({ id: "case", version, declared })) };
}
