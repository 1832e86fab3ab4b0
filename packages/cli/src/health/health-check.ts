import type { GateCheck } from "@stage6/validator";

/** Checks of a root's health, in the order in which they are made. */
export const HEALTH_CHECKS = [
  "stage6-validated",
  "replay",
  "probes",
  "fake-smoke",
  "expiry-horizon",
  "disk-space",
] as const;
/** One check of a root's health. */
export type HealthCheckId = (typeof HEALTH_CHECKS)[number];

/** What one check of health found; `code` is null when all is well. */
export interface Found {
  readonly code: string | null;
  readonly message: string;
}

/** A check as it stands in the result. */
export function healthCheck(id: HealthCheckId, { code, message }: Found): GateCheck {
  return {
    id,
    requirements: id === "stage6-validated" ? ["R44", "R45"] : ["R45"],
    verdict: code === null ? "pass" : "fail",
    code,
    message,
    evidence: [],
  };
}
