/** Version of this package, as stated in every run. */
export const ADAPTER_VERSION = "0.0.0";

/**
 * Case states no version, so one is known by the digest of its help text. Those whose logs this lane was tested against,
 * oldest first: commits 1bdc90c and 30b1fa1, each the same from source and as a binary.
 */
export const TESTED_VERSIONS = ["help-5982d1a00f93", "help-1f0690edb8d9"] as const;
