import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { isRecord } from "../boundaries/is-record.ts";
import { sha256, writeStrictBytes } from "@stage6/evidence-interface";

/** Where the generated module lies, relative to the repository. */
export const CASE_ADAPTER_FILE = "packages/validator/src/gate/case-adapter.ts";

/** The module that names the adapter of the Case lane: its version and a digest of every source file that it translates with, those of the contract of lanes among them. */
export function caseAdapterModule(root: string): string {
  const lane = join(root, "packages/lane-case");
  const sources = [join(lane, "src"), join(root, "packages/lane-contract/src")];
  const manifest: unknown = JSON.parse(readFileSync(join(lane, "package.json"), "utf8"));
  const version = isRecord(manifest) ? String(manifest.version) : "";
  const files = sources
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes(`${sep}testing${sep}`))
    .map((file) => ({ name: relative(root, file).split(sep).join("/"), sha256: sha256(readFileSync(file)) }))
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
