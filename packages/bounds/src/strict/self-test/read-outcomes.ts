/** The probes' outcomes as the self-test printed them, by name; null when it printed anything else. */
export function readOutcomes(stdout: Uint8Array): Readonly<Record<string, string>> | null {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(stdout).toString("utf8"));
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const outcomes = new Map<string, string>();
  for (const [name, outcome] of Object.entries(value)) {
    if (typeof outcome !== "string" || !/^(?:ok|[A-Z][A-Z0-9_]{1,31})$/u.test(outcome)) return null;
    outcomes.set(name, outcome);
  }
  return Object.fromEntries(outcomes);
}
