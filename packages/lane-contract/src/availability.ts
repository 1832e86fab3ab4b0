import type { BlockReason } from "@stage6/evidence-interface";

/** What a probe process left behind, as bytes and facts. */
export interface ProbeOutput {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/** Whether a lane can run here. Never thrown: a missing backend is data. */
export type Availability =
  | { readonly state: "available"; readonly version: string; readonly note: string | null }
  | {
      readonly state: "blocked";
      readonly code: BlockReason;
      /** What was found, one sentence. */
      readonly detail: string;
      /** The next command or step for the operator, one sentence. */
      readonly remedy: string;
    };

/** How a probe process ended, as the middle of a sentence. */
export function probeEnding(output: ProbeOutput): string {
  if (output.signal !== null) return `was ended by ${output.signal}`;
  return output.exitCode === null ? "left no exit code" : `exited with ${output.exitCode}`;
}
