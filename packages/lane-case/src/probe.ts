import { digestHex, sha256 } from "@stage6/evidence-interface";
import { type Availability, probeEnding, type ProbeOutput } from "@stage6/lane-contract";
import { TESTED_VERSIONS } from "./versions.ts";

/** The only words that Case answers without acting: an unknown flag or verb is taken for a run. */
export const PROBE_ARGS = ["--help"] as const;

/** What the help has to say before the lane can drive it: both verbs, each on a line of its own. */
const VERBS = [/^ {2,}run\s/m, /^ {2,}create\s/m];

const decoder = new TextDecoder("utf-8");

/** Reads the help text: that Case starts at all, that it has the verbs, and by its digest which version it is. */
export function readProbe(output: ProbeOutput): Availability {
  const text = decoder.decode(output.stdout);
  if (output.exitCode !== 0 || !text.startsWith("Usage: ca ") || !VERBS.every((verb) => verb.test(text)))
    return {
      state: "blocked",
      code: "START_PROBE_FAILED",
      detail: `\`ca --help\` ${probeEnding(output)} and did not list the verbs of Case; a clone of commit 30b1fa1 as it is does not start, its parent does.`,
      remedy:
        "In the checkout, run `bun src/index.ts --help`, and follow its error; or check out commit 1bdc90c.",
    };
  const version = `help-${digestHex(sha256(output.stdout)).slice(0, 12)}`;
  const tested = TESTED_VERSIONS.some((known) => known === version);
  return {
    state: "available",
    version,
    note: tested
      ? null
      : "this Case prints another help text than the tested ones: not tested with this lane",
  };
}
