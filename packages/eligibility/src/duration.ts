/** One day, ms. */
export const DAY_MS = 86_400_000;
/** Longest time between making and expiry of a source admission or a proof, days. */
export const MAX_AGE_DAYS = 30;

/** Whether `from` to `until` is a span of more than zero and at most `days` days; both RFC 3339 with milliseconds. */
export function spansAtMost(from: string, until: string, days: number): boolean {
  const span = Date.parse(until) - Date.parse(from);
  return span > 0 && span <= days * DAY_MS;
}
