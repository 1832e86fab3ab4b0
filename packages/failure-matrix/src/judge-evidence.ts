import type { InjectionEvidence, TrialEvidence } from "./evidence.ts";
import { closuresOf, type Expected } from "./row.ts";

/** What one piece of evidence says about one way. */
export type Judgement =
  | { readonly state: "expected"; readonly found: readonly string[] }
  | { readonly state: "wrong"; readonly found: readonly string[]; readonly message: string }
  | { readonly state: "invalid"; readonly found: readonly string[]; readonly message: string };

/** A trial against the closure that was expected; a bundle with a finding shows nothing, whatever its report says. */
export function judgeTrial(evidence: TrialEvidence, expected: Expected): Judgement {
  const { report, findings } = evidence;
  if (report === null || findings > 0)
    return { state: "invalid", found: [], message: `the bundle has ${findings} findings` };
  const { closure, boundary } = report;
  const found = [closure.class];
  const wrong = (message: string): Judgement => ({ state: "wrong", found, message });
  if (expected.kind !== "closure") return wrong("a trial cannot give the codes that are expected");
  const classes = closuresOf(expected);
  if (!classes.includes(closure.class))
    return wrong(`closure ${closure.class}, expected ${classes.join(" or ")}`);
  // What is asked besides belongs to the first class.
  const asked = closure.class === expected.closure ? expected : null;
  const lacking = (asked?.also ?? []).filter((name) => !closure.also.includes(name));
  if (lacking.length > 0) return wrong(`${lacking.join(", ")} is not among the other classes`);
  const uncounted = (asked?.attempted ?? []).filter((action) => !boundary.attempted.includes(action));
  if (uncounted.length > 0) return wrong(`${uncounted.join(", ")} was not counted as attempted`);
  const rules = new Set(boundary.violations.map(({ rule }) => rule));
  const unseen = (asked?.rules ?? []).filter((rule) => !rules.has(rule));
  if (unseen.length > 0) return wrong(`no violation of ${unseen.join(", ")} is listed`);
  const orphan = [closure.class, ...closure.also].includes("ORPHAN");
  if (!closure.processTreeEmpty && !orphan) return wrong("a process outlived the trial");
  return { state: "expected", found };
}

/** A recomputed injection against the codes that were expected. */
export function judgeInjection({ codes, fault }: InjectionEvidence, expected: Expected): Judgement {
  const found = codes ?? [];
  if (fault !== null) return { state: "invalid", found, message: fault };
  if (expected.kind !== "codes")
    return { state: "wrong", found, message: "an injection cannot give the closure that is expected" };
  const lacking = expected.codes.filter((code) => !found.includes(code));
  if (lacking.length === 0) return { state: "expected", found };
  return {
    state: "wrong",
    found,
    message: `${lacking.join(", ")} was not given; ${found.length === 0 ? "nothing was" : `${found.join(", ")} was`}`,
  };
}
