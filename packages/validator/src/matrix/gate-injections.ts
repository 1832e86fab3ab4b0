import type { Injector } from "@stage6/failure-matrix";
import { acceptanceCase } from "./gate-samples/acceptance-case.ts";
import { admissionCase } from "./gate-samples/admission-case.ts";
import { applicabilityCase } from "./gate-samples/applicability-case.ts";
import { SOUND, type GateCase } from "./gate-samples/gate-case.ts";

/** What spoiled inputs of the gate gave: the codes of all of them, or the one that was not refused. */
export type GateInjection = { readonly codes: readonly string[]; readonly fault: string | null };

type GateInput = Extract<Injector, { kind: "gate-input" }>;

function caseOf(input: GateInput["input"]): GateCase {
  switch (input) {
    case "applicability":
      return applicabilityCase;
    case "admission":
      return admissionCase;
    case "acceptance":
      return acceptanceCase;
  }
}

/** Spoils an input of the gate in every way that the injector names. The sound input has to be taken first, and every spoiled one refused. */
export function injectGateInput({ input, changes }: GateInput): GateInjection {
  const judge = caseOf(input);
  const control = judge(SOUND);
  if (control === null || control.length > 0)
    return { codes: [], fault: `the sound ${input} is refused: ${control?.join(", ") ?? "there is none"}` };
  const codes = new Set<string>();
  for (const change of changes) {
    const given = judge(change);
    if (given === null) return { codes: [], fault: `no ${input} can be spoiled by ${change}` };
    if (given.length === 0)
      return { codes: [...codes].toSorted(), fault: `${input} ${change} is not refused` };
    for (const code of given) codes.add(code);
  }
  return { codes: [...codes].toSorted(), fault: null };
}
