import type { TrialRecorder } from "./trial-recorder.ts";

/** Closes what a log still holds open, so that it is complete however its trial ended; `reason` is why no oracle ran. */
export function closeLog(recorder: TrialRecorder, reason: string | null): void {
  recorder.closeOpen();
  if (recorder.has("process.started") && !recorder.has("process.ended"))
    recorder.write("process.ended", {
      exitCode: null,
      signal: null,
      endedBy: "interrupt",
      durationMs: 0,
      stdoutBytes: 0,
      stderrBytes: 0,
      survivors: 0,
    });
  if (!recorder.has("oracle.ended"))
    recorder.write("oracle.ended", { state: "not-run", exitCode: null, durationMs: 0, reason });
}
