import {
  checkBundle,
  emptyFacts,
  EventLogChecker,
  foldEvent,
  sha256,
  type CheckedBundle,
  type TrialRef,
} from "@stage6/evidence-interface";
import { testKeys } from "@stage6/evidence-interface/testing";
import type { Files } from "./bundle-mutator.ts";

const { trusted } = testKeys();

/** What a reader makes of a bundle that lies in memory: the judgement of `readBundle` without a disk. */
export function judgeFiles(files: Files, expected: TrialRef | null = null): CheckedBundle {
  const facts = emptyFacts();
  const log = files.get("events.jsonl");
  const checker = new EventLogChecker("events.jsonl", (event) => foldEvent(facts, event));
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
