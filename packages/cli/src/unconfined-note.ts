import type { LaneCandidate } from "@stage6/runner";

/** A sentence that names the lanes whose backends ran with the harness's own rights to tell their versions; null when none did. */
export function unconfinedNote(lanes: readonly LaneCandidate[]): string | null {
  const names = lanes.flatMap((one) =>
    one.kind === "probed" && one.probed.confined === false ? [one.lane.id] : [],
  );
  return names.length === 0
    ? null
    : `backend code ran unconfined to tell its version, because this host has no strict bounds: ${names.join(", ")}`;
}
