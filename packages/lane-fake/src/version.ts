/** Version of this package, as `adapterVersion` of every trial of the lane. */
export const ADAPTER_VERSION = "0.0.0";

/** Backend versions whose records this adapter reads, oldest first. */
export const TESTED_VERSIONS: readonly string[] = ["1.0.0"];
