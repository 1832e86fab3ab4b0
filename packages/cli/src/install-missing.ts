import type { LaneCandidate } from "@stage6/runner";
import { readPin } from "./backend-pin.ts";
import { CliError } from "./cli-error.ts";
import { installBackend, type InstallOptions } from "./install-backend.ts";
import { LANE_IDS } from "./lane-catalog.ts";
import { isMissing, probeLanes, type ProbePlaces } from "./probe-lanes.ts";

/** Installs the missing backends of the selected lanes (null: all), then probes; a backend that cannot be installed is a blocked lane. */
export async function installAndProbe(
  selected: readonly string[] | null,
  places: ProbePlaces,
  options: InstallOptions,
): Promise<LaneCandidate[]> {
  const failed = new Map<string, CliError>();
  for (const lane of selected ?? LANE_IDS) {
    const pin = await readPin(lane);
    if (pin === null || !(await isMissing(lane, places))) continue;
    try {
      await installBackend(places.backends, pin, options);
    } catch (error) {
      if (!(error instanceof CliError) || error.code !== "BACKENDS_INSTALL_FAILED") throw error;
      options.log(`${error.message}; the ${lane} lane stays blocked. ${error.remedy ?? ""}`);
      failed.set(lane, error);
    }
  }
  const found = await probeLanes(selected, places);
  return found.map((one) => {
    const id = one.kind === "probed" ? one.lane.id : one.id;
    const error = failed.get(id);
    return error === undefined
      ? one
      : {
          kind: "blocked",
          id,
          code: "BACKEND_MISSING",
          detail: error.message,
          remedy: `stage6 backends install ${id}`,
        };
  });
}
