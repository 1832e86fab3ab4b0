import type { EventDraft, Lane } from "@stage6/lane-contract";
import type { LaneSample } from "../lane-sample.ts";
import { translateSample } from "../run-translator.ts";
import { PASSES, reportOutcome } from "./report-outcome.ts";

/** Whether a draft tells of a tool call. */
const isOfCall = ({ type }: EventDraft): boolean =>
  type === "tool.started" || type === "tool.ended" || type === "change.claimed";

/** What no witness of a sample orders. */
export interface Unordered {
  /** Calls ran at the same time: those that stand together are in no order. */
  readonly sideBySide: boolean;
  /** Tools whose ends the backend tells late: they are in no order with anything. */
  readonly lateEnds: readonly string[];
}

/** What drafts say, one text each, without where their bytes lie; what no witness orders is put in one order. */
function said(drafts: readonly EventDraft[], { sideBySide, lateEnds }: Unordered): readonly string[] {
  const texts: string[] = [];
  const late: string[] = [];
  const tools = new Map<string, string>();
  let together: string[] = [];
  const close = (): void => {
    texts.push(...together.toSorted());
    together = [];
  };
  for (const draft of drafts) {
    const text = JSON.stringify([draft.type, draft.data]);
    if (draft.type === "tool.started") tools.set(draft.data.callId, draft.data.tool);
    if (draft.type === "tool.ended" && lateEnds.includes(tools.get(draft.data.callId) ?? "")) late.push(text);
    else if (sideBySide && isOfCall(draft)) together.push(text);
    else {
      close();
      texts.push(text);
    }
  }
  close();
  return [...texts, ...late.toSorted()];
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
  unordered: Unordered,
): string | null {
  if (!samplePasses(lane, changed)) return null;
  const drafts = translateSample(lane, changed);
  const [before, after] = [said(translateSample(lane, whole), unordered), said(drafts, unordered)];
  const at = before.findIndex((text, index) => text !== after[index]);
  if (at < 0 && after.length === before.length) return null;
  return `${whole.name} passes with ${after[at < 0 ? before.length : at] ?? "nothing"} in place of ${before[at] ?? "nothing"}`;
}
