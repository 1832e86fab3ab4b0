import type { Script, ScriptStep } from "@stage6/lane-contract";

/** A script as the model side plays it. */
export interface ScriptCourse {
  /** Steps that are answers, each with its place in the script; the answer to a request is the one at its number of tool results. */
  readonly answers: readonly { readonly step: ScriptStep; readonly place: number }[];
  /** Faults by the number of tool results of the requests they spoil. */
  readonly faults: ReadonlyMap<number, ScriptStep>;
}

/** What a script plays when there is none. */
export const DEFAULT_SCRIPT: Script = {
  steps: [
    { do: "shell", command: "ls" },
    { do: "say", text: "I changed nothing." },
  ],
};

/**
 * Splits a script into answers and faults. A fault takes no number of its own: it stands in front of the next answer and spoils every
 * request that would get it, so a retry meets it again; a cut or stalled answer is the beginning of that next answer. Of several
 * faults in a row only the first can ever be met. A fault at the end stands in front of the closing words.
 */
export const scriptCourse = (script: Script | null): ScriptCourse => {
  const answers: { step: ScriptStep; place: number }[] = [];
  const faults = new Map<number, ScriptStep>();
  for (const [place, step] of (script ?? DEFAULT_SCRIPT).steps.entries()) {
    if (!step.do.startsWith("fault-")) answers.push({ step, place });
    else if (!faults.has(answers.length)) faults.set(answers.length, step);
  }
  return { answers, faults };
};
