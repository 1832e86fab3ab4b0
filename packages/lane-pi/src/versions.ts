import { compareVersions } from "@stage6/lane-contract";

/** Version of this package, as stated in every run. */
export const ADAPTER_VERSION = "0.0.0";

/** Pi versions whose streams this lane was tested against, oldest first. */
export const TESTED_VERSIONS = ["0.74.2", "0.87.1"] as const;

/** Oldest Pi version the lane drives: before it an unknown flag is passed over in silence, and so is a guard that does not load. */
export const OLDEST_VERSION = "0.74.2";

/** Newest Pi version the lane was tested against. */
export const NEWEST_TESTED_VERSION = "0.87.1";

/** First version that leaves project files of an untrusted folder alone, and knows `--no-approve`. */
const PROJECT_TRUST_VERSION = "0.79.0";

/** Whether a version decides by project trust what of the target it obeys; an unknown version does not. */
export function hasProjectTrust(version: string | undefined): boolean {
  return version !== undefined && compareVersions(version, PROJECT_TRUST_VERSION) >= 0;
}
