import type { Static, TSchema } from "typebox";
import { BUNDLE_FILES } from "./bundle-files.ts";
import type { BundleInput } from "./bundle-input.ts";
import { MAX_FINDINGS, type Finding } from "./finding.ts";
import { parseStrictBytes, strictFinding } from "./strict-json.ts";
import { checkDocument } from "./validate.ts";

/** One document of a bundle: strict bytes, then the schema. Null without a finding when it is not there. */
export function readBundleDocument<T extends TSchema>(
  documents: BundleInput["documents"],
  schema: T,
  file: string,
): { readonly value: Static<T> | null; readonly findings: readonly Finding[] } {
  const bytes = documents.get(file);
  if (bytes === undefined) return { value: null, findings: [] };
  const json = parseStrictBytes(bytes);
  if (!json.ok) return { value: null, findings: [strictFinding(json, file)] };
  const checked = checkDocument(schema, json.value, file);
  if (file !== BUNDLE_FILES.manifest) return checked;
  return { value: checked.value, findings: [...pathEscapes(json.value), ...checked.findings] };
}

/** The schema refuses such a path too; that a manifest points outside its bundle deserves its own name. */
function pathEscapes(manifest: unknown): readonly Finding[] {
  if (typeof manifest !== "object" || manifest === null || !("files" in manifest)) return [];
  const files: readonly unknown[] = Array.isArray(manifest.files) ? manifest.files : [];
  const findings: Finding[] = [];
  for (const entry of files) {
    if (findings.length >= MAX_FINDINGS) break;
    if (typeof entry !== "object" || entry === null || !("path" in entry) || typeof entry.path !== "string")
      continue;
    if (!/^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)/.test(entry.path)) continue;
    findings.push({
      code: "PATH_ESCAPE",
      rule: "manifest-path",
      file: BUNDLE_FILES.manifest,
      found: entry.path.slice(0, 200),
      expected: "a path inside the bundle",
    });
  }
  return findings;
}
