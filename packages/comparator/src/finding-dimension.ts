import { formatFinding, type Finding } from "@stage6/evidence-interface";
import type { Dimension } from "./dimension.ts";
import type { Component, Violation } from "./rule.ts";

/** The one dimension a finding counts against, so that none is lost and none counts twice. */
export function findingDimension(finding: Finding): Dimension {
  switch (finding.code) {
    case "REPORT_DIVERGED":
    case "TRIAL_MISMATCH":
      return "report-shape";
    case "EVENTS_INVALID":
      return "event-validity";
    case "OBSERVATION_DIVERGED":
      return "allowed-paths";
    case "DIGEST_MISMATCH":
    case "ARTIFACT_MISSING":
    case "ARTIFACT_EXTRA":
    case "ARTIFACT_EMPTY":
    case "PATH_ESCAPE":
    case "SIGNATURE_INVALID":
    case "SIGNER_UNKNOWN":
      return "artifact-completeness";
    case "UNREADABLE":
    case "NOT_A_FILE":
    case "INPUT_TOO_LARGE":
    case "BYTES_NOT_CANONICAL":
    case "SCHEMA_VERSION":
    case "SCHEMA_INVALID":
      return byFile(finding.file);
  }
}

/** The component of a dimension that fails on each finding routed to it. */
export function noFindings(name: string, dimension: Dimension): Component {
  return {
    name,
    *violations({ input }): Iterable<Violation> {
      for (const finding of input.findings) {
        if (findingDimension(finding) === dimension)
          yield { code: finding.code, where: placeOf(finding), what: formatFinding(finding) };
      }
    },
  };
}

function byFile(file: string): Dimension {
  switch (file.slice(file.lastIndexOf("/") + 1)) {
    case "report.json":
      return "report-shape";
    case "events.jsonl":
      return "event-validity";
    case "observation.json":
      return "allowed-paths";
    default:
      return "artifact-completeness";
  }
}

function placeOf(finding: Finding): string {
  return `${finding.file}${finding.line === undefined ? "" : `:${finding.line}`}${finding.pointer ?? ""}`;
}
