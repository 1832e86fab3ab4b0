import type { FindingCode } from "@stage6/evidence-interface";
import {
  sampleTrial,
  sealFiles,
  type SampleDraft,
  type SampleTrial,
  type SealFaults,
} from "@stage6/evidence-interface/testing";
import { logLines, rechain } from "./rechain.ts";

/** A bundle with one fault, and the finding that a reader must have for it. */
export interface BadCase {
  readonly code: FindingCode;
  readonly rule: string;
  readonly file: string;
  /** Tells apart several bundles with the same code and rule. */
  readonly variant?: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Folder name of a bad case: `<CODE>.<rule>` or `<CODE>.<rule>.<variant>`. */
export function caseName(bad: BadCase): string {
  return [bad.code, bad.rule, ...(bad.variant === undefined ? [] : [bad.variant])].join(".");
}

type Expected = Omit<BadCase, "files">;

/** `CODE.rule` or `CODE.rule.variant` and a file, as the finding that is expected. */
export function expecting(code: FindingCode, rule: string, file: string, variant?: string): Expected {
  return { code, rule, file, ...(variant === undefined ? {} : { variant }) };
}

/** The completed fake trial, sealed with a fault. */
export function sealedWith(
  expected: Expected,
  faults: SealFaults,
  trial: SampleTrial = sampleTrial(),
): BadCase {
  return { ...expected, files: sealFiles(trial, faults) };
}

/** The completed fake trial with other events; numbering, checkpoints, report, manifest and signature are right for them. */
export function withEvents(
  rule: string,
  edit: (events: readonly SampleDraft[]) => readonly SampleDraft[],
  trial: SampleTrial = sampleTrial(),
): BadCase {
  return sealedWith(
    expecting("EVENTS_INVALID", rule, "events.jsonl"),
    {},
    { ...trial, events: edit(trial.events) },
  );
}

/** The completed fake trial with edited log lines, checkpoints made right for them. */
export function withLines(
  expected: Expected,
  edit: (lines: readonly string[]) => readonly string[],
): BadCase {
  return sealedWith(expected, { log: (log) => rechain(edit(logLines(log))) });
}

/** Bytes of a text edit; throws when the edit changes nothing, so that no bad case is good by accident. */
export function edited(bytes: Uint8Array, from: string | RegExp, to: string): Uint8Array {
  const before = Buffer.from(bytes).toString("utf8");
  const after = before.replace(from, to);
  if (after === before) throw new Error(`nothing to replace: ${String(from)}`);
  return Buffer.from(after);
}
