import { deriveReport, emptyFacts, foldEvent, type Event } from "@stage6/evidence-interface";
import { readSampleLog, sampleEventLog, sampleObservation } from "@stage6/evidence-interface/testing";
import type { EventDraft } from "@stage6/lane-contract";

const NO_DIGEST = `sha256:${"0".repeat(64)}` as const;

/** Harness events of a trial in which everything else is well: exit 0, clean workspace, oracle passed. */
const harness = readSampleLog(sampleEventLog()).filter(({ src }) => src !== "lane");

/** Outcome and closure of a trial in which all but these drafts is well: `completed NONE` when it passes. */
export function reportOutcome(drafts: readonly EventDraft[]): string {
  const facts = emptyFacts();
  for (const event of harness) foldEvent(facts, event);
  for (const { type, data } of drafts) {
    const raw = { artifact: "artifacts/stdout.raw", offset: 0, length: 0 };
    foldEvent(facts, { seq: 0, ts: "", mono: 0, src: "lane", type, data: { ...data, raw } } as Event);
  }
  const report = deriveReport({
    facts,
    events: { count: 0, bytes: 0, sha256: NO_DIGEST },
    observation: sampleObservation(),
    observationSha256: NO_DIGEST,
  });
  return report === null ? "no report" : `${report.outcome} ${report.closure.class}`;
}

/** The outcome of a trial that passes. */
export const PASSES = "completed NONE";
