import { writeStrictBytes, type Sha256 } from "@stage6/evidence-interface";
import type { Lane } from "@stage6/lane-contract";
import { locateBackend, type BackendPlaces, type CheckSource } from "@stage6/runner";

/**
 * Looks at a backend that lies with its operator, who may change it at any time: found again and hashed again before
 * and after each trial, it has to be the one that the plan pinned. Undefined for backends that stage6 installed itself.
 */
export function sourceCheck(lane: Lane, places: BackendPlaces, pinned: Sha256): CheckSource | undefined {
  if (lane.backend.kind !== "provided") return undefined;
  return async (when) => {
    const located = await locateBackend(lane, places);
    const digest = located.ok ? located.backend.sha256 : null;
    const document = writeStrictBytes({ when, digest });
    if (when === "after" || digest === pinned) return { digest, document, refusal: null };
    const found = located.ok ? located.backend.sha256 : located.detail;
    return {
      digest,
      document,
      refusal: { code: "SOURCE_CHANGED", detail: `the ${lane.id} backend is not the planned one: ${found}` },
    };
  };
}
