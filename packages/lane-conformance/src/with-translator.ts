import type { EventDraft, Lane, Translator } from "@stage6/lane-contract";

/** What a broken translator does otherwise. */
export interface Fault {
  readonly push?: (drafts: readonly EventDraft[], chunk: Uint8Array) => readonly EventDraft[];
  readonly end?: (drafts: readonly EventDraft[]) => readonly EventDraft[];
}

/** A lane whose translator has one fault. */
export function withFault(lane: Lane, fault: Fault): Lane {
  const translator = (context: { readonly workspace: string }): Translator => {
    const inner = lane.translator(context);
    return {
      push: (stream, chunk) => {
        const drafts = inner.push(stream, chunk);
        return fault.push?.(drafts, chunk) ?? drafts;
      },
      end: (end) => {
        const drafts = inner.end(end);
        return fault.end?.(drafts) ?? drafts;
      },
    };
  };
  return { ...lane, translator };
}
