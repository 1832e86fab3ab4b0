import {
  type Availability,
  compareVersions,
  probeEnding,
  type ProbeOutput,
  untestedNote,
} from "@stage6/lane-contract";
import { NEWEST_TESTED_VERSION, OLDEST_VERSION } from "./versions.ts";

/** Arguments that make Pi print its version. */
export const PROBE_ARGS = ["--version"] as const;

const LINE = /^([0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6})(-[0-9A-Za-z.-]{1,64})?$/m;

const decoder = new TextDecoder("utf-8");

/** The version's match: on stdout, or on stderr, where up to 0.74.2 it is printed when there is no terminal. */
function versionIn(output: ProbeOutput): RegExpExecArray | null {
  if (output.exitCode !== 0) return null;
  const read = (bytes: Uint8Array) => LINE.exec(decoder.decode(bytes.subarray(0, 4096)));
  return read(output.stdout) ?? read(output.stderr);
}

/** Reads a line `X.Y.Z`. Refuses an unreadable answer and a version older than the lane can drive. */
export function readProbe(output: ProbeOutput): Availability {
  const match = versionIn(output);
  const release = match?.[1];
  if (release === undefined) {
    return {
      state: "blocked",
      code: "PROBE_FAILED",
      detail: `\`pi --version\` ${probeEnding(output)} and printed no line \`X.Y.Z\`.`,
      remedy: `Install the backend again (stage6 backends install pi); Pi 0.75 and later need Node 22.19.`,
    };
  }
  const version = `${release}${match?.[2] ?? ""}`;
  if (compareVersions(release, OLDEST_VERSION) < 0) {
    return {
      state: "blocked",
      code: "VERSION_UNSUPPORTED",
      detail: `Pi ${version} is older than ${OLDEST_VERSION}: older ones run on without their guard and pass over flags they do not know.`,
      remedy: `Install a supported version: npm install @earendil-works/pi-coding-agent@${NEWEST_TESTED_VERSION}.`,
    };
  }
  const note = untestedNote("Pi", version, release, NEWEST_TESTED_VERSION);
  return { state: "available", version, note };
}
