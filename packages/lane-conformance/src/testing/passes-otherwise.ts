import type { EventDraft, Lane } from "@stage6/lane-contract";
import type { LaneSample } from "../lane-sample.ts";
import { translateSample } from "../run-translator.ts";
import { PASSES, reportOutcome } from "./report-outcome.ts";

/** Whether a draft tells of a tool call. */
const isOfCall = ({ type }: EventDraft): boolean =>
  type === "tool.started" || type === "tool.ended" || type === "change.claimed";

/**
 * What drafts say, one text each, without where their bytes lie. With `sideBySide` the calls that stand together are put
 * in one order: the sample holds calls that ran at the same time, and no witness orders those.
 */
function said(drafts: readonly EventDraft[], sideBySide: boolean): readonly string[] {
  const texts: string[] = [];
  let together: string[] = [];
  const close = (): void => {
    texts.push(...together.toSorted());
    together = [];
  };
  for (const draft of drafts) {
    const text = JSON.stringify([draft.type, draft.data]);
    if (sideBySide && isOfCall(draft)) together.push(text);
    else {
      close();
      texts.push(text);
    }
  }
  close();
  return texts;
}

/** Whether a trial in which all but this sample is well passes. */
export function samplePasses(lane: Lane, sample: LaneSample): boolean {
  return reportOutcome(translateSample(lane, sample)) === PASSES;
}

/**
 * The rule about cut and reordered streams: a translation that says anything else than that of the whole sample does not
 * pass. The first text in which one that passes differs; null when the rule is kept.
 */
export function passesOtherwise(
  lane: Lane,
  whole: LaneSample,
  changed: LaneSample,
  sideBySide = false,
): string | null {
  if (!samplePasses(lane, changed)) return null;
  const drafts = translateSample(lane, changed);
  const [before, after] = [said(translateSample(lane, whole), sideBySide), said(drafts, sideBySide)];
  const at = before.findIndex((text, index) => text !== after[index]);
  if (at < 0 && after.length === before.length) return null;
  return `${whole.name} passes with ${after[at < 0 ? before.length : at] ?? "nothing"} in place of ${before[at] ?? "nothing"}`;
}
