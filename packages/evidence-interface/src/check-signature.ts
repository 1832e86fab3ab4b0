import { BUNDLE_FILES } from "./bundle-files.ts";
import type { BundleInput } from "./bundle-input.ts";
import { BundleStatement } from "./bundle.ts";
import { checkAttempts, sameTrial, trialText } from "./check-identity.ts";
import { digestHex } from "./digest.ts";
import { openEnvelope } from "./dsse.ts";
import type { Finding } from "./finding.ts";
import type { Manifest } from "./manifest.ts";
import { parseStrictBytes } from "./strict-json.ts";
import { validateDocument } from "./validate.ts";

const file = BUNDLE_FILES.envelope;

/** Whether a trusted key signed a statement about this manifest, this trial and this attempt. */
export function checkSignature(input: BundleInput, manifest: Manifest | null): readonly Finding[] {
  const bytes = input.documents.get(file);
  if (bytes === undefined) return [];
  const opened = openEnvelope(bytes, input.trusted);
  if (!opened.ok) return [{ code: opened.code, rule: opened.rule, file, found: opened.found }];
  const json = parseStrictBytes(opened.payload);
  const statement = json.ok ? validateDocument(BundleStatement, json.value) : null;
  if (statement === null || !statement.ok)
    return [
      {
        code: "SCHEMA_INVALID",
        rule: "statement",
        file,
        expected: statement?.errors[0]?.message ?? "canonical JSON",
      },
    ];
  const { subject, predicate } = statement.value;
  return [
    ...subjectFindings(subject[0]?.digest.sha256 ?? "", input),
    ...checkAttempts(input.facts.started?.attemptId, [[file, predicate.attemptId]]),
    ...(manifest === null || sameTrial(predicate.trial, manifest.trial)
      ? []
      : [
          {
            code: "TRIAL_MISMATCH",
            rule: "statement",
            file,
            found: trialText(predicate.trial),
            expected: trialText(manifest.trial),
          } as const,
        ]),
  ];
}

function subjectFindings(signed: string, { files }: BundleInput): readonly Finding[] {
  const actual = files.get(BUNDLE_FILES.manifest)?.sha256 ?? "sha256:none";
  if (signed === digestHex(actual)) return [];
  return [
    {
      code: "DIGEST_MISMATCH",
      rule: "signed-manifest",
      file: BUNDLE_FILES.manifest,
      found: actual,
      expected: `sha256:${signed}`,
    },
  ];
}
