import type { Availability, ProbeOutput } from "@stage6/lane-contract";
import { TESTED_VERSIONS } from "./version.ts";

const VERSION_LINE = /^stage6-fake (\d{1,9}\.\d{1,9}\.\d{1,9})\n$/;

/** Reads what `fake-backend.mjs --version` printed. */
export function readFakeProbe({ exitCode, signal, stdout }: ProbeOutput): Availability {
  // Bytes outside Latin-1 text cannot match the pattern, so no decoder is needed that could refuse them.
  const version = stdout.length > 64 ? undefined : VERSION_LINE.exec(String.fromCharCode(...stdout))?.[1];
  if (exitCode === 0 && version !== undefined) {
    return {
      state: "available",
      version,
      note: TESTED_VERSIONS.includes(version)
        ? null
        : `untested version; tested: ${TESTED_VERSIONS.join(", ")}`,
    };
  }
  return {
    state: "blocked",
    code: "PROBE_FAILED",
    detail: `The fake backend did not print its version (${signal === null ? `exit ${exitCode ?? "unknown"}` : `signal ${signal}`}).`,
    remedy: "Reinstall @stage6/lane-fake with its backend folder, and run it with Node 20.19 or newer.",
  };
}
