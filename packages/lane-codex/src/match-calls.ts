import type { SessionCall } from "./session-call.ts";

/**
 * The session's calls that the main stream does not show. Item ids differ from call ids, so each item takes the first free call
 * with one of its keys, in order: calls with equal keys are interchangeable, and parallel ones may be printed in another order.
 */
export function unreportedCalls(
  calls: readonly SessionCall[],
  shown: readonly (readonly string[])[],
): readonly SessionCall[] {
  const waiting = new Map<string, SessionCall[]>();
  for (const call of calls.toReversed()) {
    for (const key of call.keys) {
      const queue = waiting.get(key);
      if (queue === undefined) waiting.set(key, [call]);
      else queue.push(call);
    }
  }
  const taken = new Set<SessionCall>();
  const take = (key: string): boolean => {
    const queue = waiting.get(key) ?? [];
    for (let call = queue.pop(); call !== undefined; call = queue.pop()) {
      if (taken.has(call)) continue;
      taken.add(call);
      return true;
    }
    return false;
  };
  for (const keys of shown) keys.some(take);
  return calls.filter((call) => !taken.has(call));
}
