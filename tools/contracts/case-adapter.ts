import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../boundaries/is-record.ts";
import { sha256, writeStrictBytes } from "@stage6/evidence-interface";

/** Where the generated module lies, relative to the repository. */
export const CASE_ADAPTER_FILE = "packages/validator/src/gate/case-adapter.ts";

/** The module that names the adapter of the Case lane: its version and a digest of every source file that it translates with. */
export function caseAdapterModule(root: string): string {
  const lane = join(root, "packages/lane-case");
  const manifest: unknown = JSON.parse(readFileSync(join(lane, "package.json"), "utf8"));
  const version = isRecord(manifest) ? String(manifest.version) : "";
  const files = readdirSync(join(lane, "src"), { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map(({ name }) => ({ name, sha256: sha256(readFileSync(join(lane, "src", name))) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const digest = sha256(writeStrictBytes({ id: "case", version, files }));
  return `// Made by tools/generate-contracts.ts from packages/lane-case/src; not written by hand.
import type { ContractInForce } from "@stage6/eligibility";

/** The adapter of the Case lane that is in force: its version, and a digest of the files that hold its rules. */
export const CASE_ADAPTER: ContractInForce = {
  version: "${version}",
  sha256: "${digest}",
};
`;
}
