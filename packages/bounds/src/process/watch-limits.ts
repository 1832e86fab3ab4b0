import type { EndedBy } from "@stage6/evidence-interface";

/** What can end a run from outside while it runs. */
export interface WatchSpec {
  readonly totalMs: number;
  readonly idleMs: number;
  /** Milliseconds since the last output or model traffic. */
  readonly idleFor: () => number;
  readonly interrupt: AbortSignal | undefined;
  readonly requestLimit: AbortSignal | undefined;
  readonly toolLimit: AbortSignal | undefined;
  readonly onEnd: (reason: EndedBy) => void;
}

/** Watches clocks and signals until the returned function is called. */
export function watchLimits(spec: WatchSpec): () => void {
  const total = setTimeout(() => spec.onEnd("total-limit"), spec.totalMs);
  let idle: NodeJS.Timeout;
  const checkIdle = (): void => {
    const left = spec.idleMs - spec.idleFor();
    if (left <= 0) spec.onEnd("idle-limit");
    else idle = setTimeout(checkIdle, left);
  };
  idle = setTimeout(checkIdle, spec.idleMs);
  const release = [
    listen(spec.interrupt, () => spec.onEnd("interrupt")),
    listen(spec.requestLimit, () => spec.onEnd("request-limit")),
    listen(spec.toolLimit, () => spec.onEnd("tool-limit")),
  ];
  return () => {
    clearTimeout(total);
    clearTimeout(idle);
    for (const off of release) off();
  };
}

function listen(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal?.aborted === true) act();
  signal?.addEventListener("abort", act, { once: true });
  return () => signal?.removeEventListener("abort", act);
}
