import type { Observation } from "@stage6/evidence-interface";

/** Whether the harness could do its part, and why not. */
export type Preparation = Observation["preparation"];

/** A trial whose backend was started. */
export const READY: Preparation = { state: "ready", code: null, detail: "" };

/** Code and text of an error as a preparation state; only codes of the evidence's own form are kept. */
export function harnessError(error: unknown): Preparation {
  const code =
    typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
      ? error.code
      : "";
  return {
    state: "harness-error",
    code: /^[A-Z][A-Z0-9_]{2,63}$/.test(code) ? code : "INTERNAL",
    detail: error instanceof Error ? error.message : "unknown error",
  };
}

/** The state as evidence may hold it: short, without the trial's paths, and with bytes for every character. */
export function sealable({ state, code, detail }: Preparation, scratch: string | null): Preparation {
  const shown = scratch === null ? detail : detail.replaceAll(scratch, "$TRIAL");
  // Half a surrogate pair, from the cut or from the message, has no canonical bytes.
  return { state, code, detail: shown.slice(0, 4000).replaceAll(/\p{Surrogate}/gu, "\ufffd") };
}
