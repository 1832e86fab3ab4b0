import type { ContractInForce, ContractName } from "@stage6/eligibility";
import {
  BundleStatement,
  EVENT_SCHEMAS,
  Manifest,
  Observation,
  Report,
  SCHEMA_VERSION,
  sha256,
  TrialPlan,
  writeStrictBytes,
} from "@stage6/evidence-interface";
import { knownMatrix } from "@stage6/failure-matrix";

/** Stands for an adapter that the judging program does not have: no contract can name it. */
export const NO_ADAPTER: ContractInForce = { version: "none", sha256: sha256("") };

/** The contracts that this program judges by: the schemas of the evidence, the rows of the matrix, and the adapter it is given. */
export function contractsInForce(
  caseAdapter: ContractInForce,
): Readonly<Record<ContractName, ContractInForce>> {
  const schemas = { BundleStatement, EVENT_SCHEMAS, Manifest, Observation, Report, TrialPlan };
  return {
    "case-adapter": caseAdapter,
    "evidence-interface": {
      version: SCHEMA_VERSION,
      // Keywords of a schema that are undefined have no JSON form: the text of the published schema is what counts.
      sha256: sha256(writeStrictBytes(JSON.parse(JSON.stringify(schemas)))),
    },
    "failure-matrix": { version: SCHEMA_VERSION, sha256: knownMatrix().head },
  };
}
