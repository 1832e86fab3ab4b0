import { checkSource, type SourceAdmission } from "@stage6/eligibility";
import { escapeText, writeStrictBytes, type Sha256, type Timestamp } from "@stage6/evidence-interface";
import type { Lane } from "@stage6/lane-contract";
import type { BackendPlaces, CheckSource } from "@stage6/runner";
import { lookAtSource } from "./look-at-source.ts";

/**
 * Looks at a backend that lies with its operator, who may change it at any time: before and after each trial it has to
 * be the one that the plan pinned and, where there is an admission, the one that was admitted. Undefined for backends
 * that stage6 installed itself.
 */
export function sourceCheck(
  lane: Lane,
  places: BackendPlaces,
  pinned: Sha256,
  admission: SourceAdmission | null,
  now: () => Timestamp,
): CheckSource | undefined {
  if (lane.backend.kind !== "provided") return undefined;
  return async (when, trial) => {
    const moment = when === "before" ? "before-run" : "after-run";
    const seen = await lookAtSource(lane, places, { moment, trial, observedAt: now() });
    const digest = seen.binarySha256;
    const document = writeStrictBytes(seen);
    const differences = admission === null ? [] : checkSource(admission, seen);
    const [first] = differences;
    if (first !== undefined)
      return {
        digest,
        document,
        refusal: {
          code: first.code,
          detail: `the ${lane.id} source is not the admitted one: ${first.expected}, found ${escapeText(first.found)}${differences.length > 1 ? `, and ${differences.length - 1} more` : ""}`,
        },
      };
    if (digest === pinned) return { digest, document, refusal: null };
    const detail = `the ${lane.id} backend is not the planned one: ${digest ?? "it cannot be read"}`;
    return { digest, document, refusal: { code: "SOURCE_CHANGED", detail } };
  };
}
