import { SELF_TEST_PROBES, type SelfTestProbe } from "@stage6/evidence-interface";
import type { ProbeTargets } from "./plant-targets.ts";
import { readRecords } from "./probe-program.ts";
import { readExits } from "./probe-script.ts";

/** Outcome of each probe that ran, by its name: `ok`, or the error that kept it from succeeding. */
export type Outcomes = Readonly<Partial<Record<SelfTestProbe, string>>>;

/**
 * The probes' outcomes as the script printed them; null when it did not print all of it. A probe that is tried by system
 * call and by program succeeds when one of them does; else the error is that of the call.
 */
export function readOutcomes(stdout: Buffer, target: ProbeTargets): Outcomes | null {
  const records = readRecords(stdout, target);
  if (records === null) return null;
  const exits = readExits(stdout.toString("latin1", records.bytes));
  const outcomes = SELF_TEST_PROBES.flatMap((probe): [SelfTestProbe, string][] => {
    const exit = exits.get(probe);
    const called = records.outcomes.get(probe);
    if (exit === 0) return [[probe, "ok"]];
    if (called !== undefined) return [[probe, called]];
    return exit === undefined ? [] : [[probe, "REFUSED"]];
  });
  return Object.fromEntries(outcomes);
}
