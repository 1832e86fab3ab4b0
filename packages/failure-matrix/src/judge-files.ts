import {
  BUNDLE_FILES,
  checkBundle,
  emptyFacts,
  EventLogChecker,
  foldEvent,
  sha256,
  type Finding,
  type TrialRef,
  type TrustedKeys,
} from "@stage6/evidence-interface";
import type { BundleFiles } from "./mutation.ts";

/** Findings of a bundle held in memory, as a reader of its folder has them; `expected` is the trial that the folder stands for, null for any. */
export function judgeFiles(
  files: BundleFiles,
  trusted: TrustedKeys,
  expected: TrialRef | null = null,
): readonly Finding[] {
  const facts = emptyFacts();
  const checker = new EventLogChecker(BUNDLE_FILES.events, (event) => foldEvent(facts, event));
  const log = files.get(BUNDLE_FILES.events);
  if (log !== undefined) checker.push(Buffer.from(log));
  return checkBundle({
    files: new Map([...files].map(([path, bytes]) => [path, { size: bytes.length, sha256: sha256(bytes) }])),
    findings: [],
    documents: files,
    events: log === undefined ? null : checker.end(),
    facts,
    trusted,
    expected,
  }).findings;
}
