/** Version of this package, as stated in every run. */
export const ADAPTER_VERSION = "0.0.0";

/** Codex versions whose streams this lane was tested against, oldest first. */
export const TESTED_VERSIONS = ["0.104.0", "0.125.0", "0.150.0", "0.169.0"] as const;

/** Oldest Codex version the lane drives: the first with the `exec_command` tool that its tool calls use. */
export const OLDEST_VERSION = "0.104.0";

/** Newest Codex version the lane was tested against. */
export const NEWEST_TESTED_VERSION = "0.169.0";
