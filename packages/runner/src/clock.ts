/** Time as the runner sees it; passed in, so that tests can set it. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. */
  now(): number;
  /** Monotonic clock, whole microseconds from an arbitrary start. */
  mono(): number;
}

/** The machine's own clock. */
export function systemClock(): Clock {
  const start = process.hrtime.bigint();
  return { now: () => Date.now(), mono: () => Number((process.hrtime.bigint() - start) / 1000n) };
}

/** RFC 3339 with milliseconds, as evidence writes it. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString();
}
