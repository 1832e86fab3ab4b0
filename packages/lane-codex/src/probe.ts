import {
  type Availability,
  compareVersions,
  probeEnding,
  type ProbeOutput,
  untestedNote,
} from "@stage6/lane-contract";
import { NEWEST_TESTED_VERSION, OLDEST_VERSION } from "./versions.ts";

/** Arguments that make Codex print its version. */
export const PROBE_ARGS = ["--version"] as const;

const LINE = /^codex-cli ([0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6})(-[0-9A-Za-z.-]{1,64})?$/m;

const decoder = new TextDecoder("utf-8");

/** Reads `codex-cli X.Y.Z`. Refuses an unreadable answer and a version older than the lane can drive. */
export function readProbe(output: ProbeOutput): Availability {
  const match = output.exitCode === 0 ? LINE.exec(decoder.decode(output.stdout.subarray(0, 4096))) : null;
  const release = match?.[1];
  if (release === undefined) {
    return {
      state: "blocked",
      code: "PROBE_FAILED",
      detail: `\`codex --version\` ${probeEnding(output)} and printed no line \`codex-cli X.Y.Z\`.`,
      remedy: `Install the backend again: npm install @openai/codex@${NEWEST_TESTED_VERSION} (do not omit optional dependencies).`,
    };
  }
  const version = `${release}${match?.[2] ?? ""}`;
  if (compareVersions(release, OLDEST_VERSION) < 0) {
    return {
      state: "blocked",
      code: "VERSION_UNSUPPORTED",
      detail: `Codex ${version} is older than ${OLDEST_VERSION}, the oldest version with the tools and the stream this lane reads.`,
      remedy: `Install a supported version: npm install @openai/codex@${NEWEST_TESTED_VERSION}.`,
    };
  }
  const note = untestedNote("Codex", version, release, NEWEST_TESTED_VERSION);
  return { state: "available", version, note };
}
