import { BUNDLE_FILES } from "./bundle-files.ts";
import { checkBundle, type CheckedBundle } from "./check-bundle.ts";
import { sha256 } from "./digest.ts";
import type { TrustedKeys } from "./dsse.ts";
import { EventLogChecker } from "./event-log-checker.ts";
import type { TrialRef } from "./primitives.ts";
import { emptyFacts, foldEvent } from "./report-fold.ts";

/** Judges a bundle that lies in memory, its files by their paths, as a reader judges a folder; `expected` is the trial that it stands for, null for any. */
export function checkFiles(
  files: ReadonlyMap<string, Uint8Array>,
  trusted: TrustedKeys,
  expected: TrialRef | null = null,
): CheckedBundle {
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
  });
}
