import { join } from "node:path";
import { BUNDLE_FILES, checkFiles, sha256, type Sha256, type TrustedKeys } from "@stage6/evidence-interface";
import { listFiles, readSmallFile } from "@stage6/evidence-interface/fs";
import { FailureMatrixError, mutate, type BundleFiles, type Mutation } from "@stage6/failure-matrix";

const MAX_FILE_BYTES = 16 * 1024 * 1024;
const MAX_FILES = 256;

/** A sound bundle in memory, or why it cannot be the source of a mutation. */
export type SourceBundle =
  | { readonly ok: true; readonly files: BundleFiles; readonly sha256: Sha256 }
  | { readonly ok: false; readonly reason: string };

/** Reads a bundle's folder into memory; one with a finding, or too large, is no source. */
export async function readSource(root: string, path: string, trusted: TrustedKeys): Promise<SourceBundle> {
  const unfit = (reason: string): SourceBundle => ({ ok: false, reason });
  const { files: names, findings } = await listFiles(join(root, path));
  if (findings.length > 0 || names.length === 0 || names.length > MAX_FILES)
    return unfit(`${path} is no bundle`);
  const files = new Map<string, Uint8Array>();
  for (const name of names) {
    const bytes = await readSmallFile(join(root, path, name), MAX_FILE_BYTES).catch(() => null);
    if (bytes === null) return unfit(`${path}/${name} cannot be read, or is too large`);
    files.set(name, bytes);
  }
  const manifest = files.get(BUNDLE_FILES.manifest);
  const [finding] = checkFiles(files, trusted).findings;
  if (manifest === undefined || finding !== undefined)
    return unfit(`${path} is not sound by itself: ${finding?.code ?? "no manifest"}`);
  return { ok: true, files, sha256: sha256(manifest) };
}

/** Codes that a reader gives for the spoiled bundle, sorted, each once; null when an edit changes nothing in this bundle. */
export function spoilBundle(
  files: BundleFiles,
  mutations: readonly Mutation[],
  trusted: TrustedKeys,
): string[] | null {
  try {
    return [
      ...new Set(checkFiles(mutate(files, mutations), trusted).findings.map(({ code }) => code)),
    ].toSorted();
  } catch (error) {
    if (error instanceof FailureMatrixError && error.code === "MUTATION_IDLE") return null;
    throw error;
  }
}
