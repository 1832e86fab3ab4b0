import { BUNDLE_FILES, SELF_TEST_FILE } from "./bundle-files.ts";
import type { BundleInput } from "./bundle-input.ts";
import type { Finding } from "./finding.ts";
import { MAY_BE_EMPTY, REQUIRED_ROLES, type ArtifactRole, type Manifest } from "./manifest.ts";

/** Roles that belong to one path alone. */
const DOCUMENT_ROLES: ReadonlyMap<string, ArtifactRole> = new Map([
  [BUNDLE_FILES.report, "report"],
  [BUNDLE_FILES.events, "events"],
  [BUNDLE_FILES.observation, "observation"],
  [SELF_TEST_FILE, "bounds-self-test"],
]);

type Entry = Manifest["files"][number];

/** What a manifest's list of files is judged against. */
export interface ManifestFilesInput {
  readonly files: BundleInput["files"];
  /** Files that something was said of already: their absence is no second finding. */
  readonly named: ReadonlySet<string>;
  /** Files that withheld.json accounts for. */
  readonly explained: ReadonlySet<string>;
}

/** Whether the files on disk are those of the manifest: each listed once, in order, with size, digest and role. */
export function checkManifestFiles(manifest: Manifest, input: ManifestFilesInput): readonly Finding[] {
  const unlisted = new Set(input.files.keys());
  for (const { path } of manifest.files) unlisted.delete(path);
  for (const path of [BUNDLE_FILES.manifest, BUNDLE_FILES.envelope, ...input.explained])
    unlisted.delete(path);
  return [
    ...manifest.files.flatMap((entry, at) => [
      ...placeFindings(entry, manifest.files[at - 1]?.path ?? ""),
      ...entryFindings(entry, input),
    ]),
    ...[...unlisted].map((file): Finding => ({ code: "ARTIFACT_EXTRA", rule: "unlisted", file })),
    ...roleFindings(manifest),
  ];
}

function placeFindings({ path, role }: Entry, before: string): readonly Finding[] {
  const at = { code: "SCHEMA_INVALID", file: BUNDLE_FILES.manifest } as const;
  const own = DOCUMENT_ROLES.get(path);
  return [
    ...(path > before ? [] : [{ ...at, rule: "order", found: path, expected: "paths sorted, each once" }]),
    ...(own === undefined || own === role
      ? []
      : [{ ...at, rule: "document-role", found: `${path} as ${role}`, expected: own }]),
  ];
}

function entryFindings(entry: Entry, { files, named }: ManifestFilesInput): readonly Finding[] {
  const actual = files.get(entry.path);
  const at = { file: entry.path } as const;
  if (actual === undefined)
    return named.has(entry.path) ? [] : [{ code: "ARTIFACT_MISSING", rule: "listed", ...at }];
  const findings: Finding[] = [];
  if (actual.size !== entry.size)
    findings.push({
      code: "DIGEST_MISMATCH",
      rule: "size",
      ...at,
      found: `${actual.size} bytes`,
      expected: `${entry.size} bytes`,
    });
  else if (actual.sha256 !== entry.sha256)
    findings.push({
      code: "DIGEST_MISMATCH",
      rule: "sha256",
      ...at,
      found: actual.sha256,
      expected: entry.sha256,
    });
  if (entry.size === 0 && !MAY_BE_EMPTY.includes(entry.role))
    findings.push({ code: "ARTIFACT_EMPTY", rule: "role", ...at, expected: `bytes for role ${entry.role}` });
  return findings;
}

function roleFindings(manifest: Manifest): readonly Finding[] {
  return REQUIRED_ROLES.map((role) => ({
    role,
    count: manifest.files.filter((entry) => entry.role === role).length,
  }))
    .filter(({ count }) => count !== 1)
    .map(({ role, count }) => ({
      code: "ARTIFACT_MISSING",
      rule: "role",
      file: BUNDLE_FILES.manifest,
      found: `${count} files of role ${role}`,
      expected: "one",
    }));
}
