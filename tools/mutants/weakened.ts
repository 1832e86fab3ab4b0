import { checkFiles, type Finding } from "@stage6/evidence-interface";
import { testKeys } from "@stage6/evidence-interface/testing";
import type { FoundRule, Mutant } from "./bundle-mutator.ts";

const ruleOf = ({ code, rule }: Finding): FoundRule => `${code}/${rule}`;

/**
 * The one rule without which a checker lets this mutant through, what follows from its fault set apart; null when no
 * single rule is that. The rule is one of a code that the mutant's class predicts.
 */
export function decidingRule(mutant: Mutant): FoundRule | null {
  const { findings } = checkFiles(mutant.files, testKeys().trusted, mutant.expected);
  const follows = new Set<FoundRule>(mutant.follows);
  // What is withheld and said so is no fault that the mutator put there, unless that is the mutant.
  if (mutant.state === undefined) follows.add("ARTIFACT_MISSING/withheld");
  const candidates = new Set(findings.filter(({ code }) => mutant.codes.includes(code)).map(ruleOf));
  for (const removed of candidates) {
    const left = findings.filter((one) => {
      const rule = ruleOf(one);
      return rule !== removed && !follows.has(rule) && !follows.has(one.code);
    });
    if (left.length === 0 && !follows.has(removed)) return removed;
  }
  return null;
}
