import type { SourceAdmission, SourceObservation } from "./source-admission.ts";

/** How a source differs from its admission. */
export interface SourceDifference {
  readonly code: "SOURCE_DRIFT" | "VENDOR_DIRTY";
  /** Finer rule within the code, kebab-case. */
  readonly rule: string;
  readonly expected: string;
  /** As it was seen, not escaped. */
  readonly found: string;
}

/** Holds one look at a source against its admission: the very program, and with a checkout the very tree, and nothing beside it. */
export function checkSource(
  { subject: [source], predicate }: SourceAdmission,
  seen: SourceObservation,
): readonly SourceDifference[] {
  const { form, binary, extraFiles, extraFolders, lockfiles, runtime } = predicate;
  const found: SourceDifference[] = [];
  const drift = (rule: string, expected: string, was: string | null | undefined): void =>
    void found.push({ code: "SOURCE_DRIFT", rule, expected, found: was ?? "nothing that can be read" });
  const dirty = (rule: string, expected: string, path: string): void =>
    void found.push({ code: "VENDOR_DIRTY", rule, expected, found: path });
  if (seen.binarySha256 !== binary.sha256)
    drift("binary", `the program is ${binary.sha256}`, seen.binarySha256);
  if (form === "binary") return found;
  if (seen.gitCommit !== source?.digest.gitCommit || seen.gitTree !== source.digest.gitTree)
    drift("tree", `the checkout is the admitted tree ${source?.digest.gitTree ?? ""}`, seen.gitTree);
  for (const path of seen.changed) dirty("changed", "no file differs from the pin", path);
  for (const path of seen.extra)
    if (!extraFiles.includes(path)) dirty("extra", "no file beside the pin", path);
  for (const { path, sha256, files } of extraFolders) {
    const now = seen.folders.find((one) => one.path === path);
    if (now?.sha256 !== sha256 || now.files !== files)
      dirty("folder", `${path} is as it was reviewed`, now === undefined ? "not looked at" : now.sha256);
  }
  // Files below a folder that is looked at as one are no extra files: a folder that nobody reviewed has to count itself.
  for (const { path } of seen.folders)
    if (!extraFolders.some((one) => one.path === path)) dirty("folder", "no folder beside the pin", path);
  for (const { path, sha256, authoritative } of lockfiles) {
    const now = seen.lockfiles.find((one) => one.path === path)?.sha256;
    if (authoritative && now !== sha256) drift("lockfile", `${path} is ${sha256}`, now);
  }
  if (runtime !== null && seen.runtimeSha256 !== runtime.sha256)
    drift("runtime", `the runtime is ${runtime.sha256}`, seen.runtimeSha256);
  return found;
}
