import { BUNDLE_FILES } from "./bundle-files.ts";
import type { BundleInput } from "./bundle-input.ts";
import { deriveReport } from "./derive-report.ts";
import { sha256 } from "./digest.ts";
import type { EventLogSummary } from "./event-log-checker.ts";
import type { Finding } from "./finding.ts";
import type { Observation } from "./observation.ts";
import { writeStrictBytes } from "./strict-json.ts";

/** Bytes shown on either side of the first difference. */
const CONTEXT = 30;

/** Whether the stored report is byte for byte the one that events and observation give. */
export function checkReport(
  { documents, facts }: BundleInput,
  observation: Observation,
  events: EventLogSummary,
): readonly Finding[] {
  const bytes = documents.get(BUNDLE_FILES.report);
  const observed = documents.get(BUNDLE_FILES.observation);
  if (bytes === undefined || observed === undefined) return [];
  const derived = deriveReport({ facts, events, observation, observationSha256: sha256(observed) });
  if (derived === null) return [];
  const expected = writeStrictBytes(derived);
  if (Buffer.compare(bytes, expected) === 0) return [];
  let at = 0;
  while (at < bytes.length && bytes[at] === expected[at]) at++;
  const show = (all: Uint8Array): string =>
    Buffer.from(all.subarray(Math.max(0, at - CONTEXT), at + CONTEXT)).toString("utf8");
  return [
    {
      code: "REPORT_DIVERGED",
      rule: "derived",
      file: BUNDLE_FILES.report,
      offset: at,
      found: show(bytes),
      expected: show(expected),
    },
  ];
}
