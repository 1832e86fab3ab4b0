/** What came of one mutant, as the mutation tester says it. */
export interface MutantResult {
  readonly fileName: string;
  readonly status: string;
  readonly mutatorName: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
  readonly replacement?: string;
  readonly coveredBy?: readonly string[];
}

/** Mutants of some files by what came of them. */
export interface MutationSummary {
  readonly killed: number;
  readonly timeout: number;
  readonly survived: number;
  readonly noCoverage: number;
  /** Mutants that could not be run, or that were left out. */
  readonly other: number;
  /** Killed or timed out, of all that were run or that no test reaches, percent; null without any. */
  readonly score: number | null;
}

/** Counts mutants; one that no test reaches counts against the score as one that survived. */
export function summarize(mutants: readonly MutantResult[]): MutationSummary {
  const count = (status: string): number => mutants.filter((one) => one.status === status).length;
  const [killed, timeout] = [count("Killed"), count("Timeout")];
  const [survived, noCoverage] = [count("Survived"), count("NoCoverage")];
  const judged = killed + timeout + survived + noCoverage;
  return {
    killed,
    timeout,
    survived,
    noCoverage,
    other: mutants.length - judged,
    score: judged === 0 ? null : Math.round(((killed + timeout) / judged) * 1000) / 10,
  };
}

/** Mutants that no test turned red, each as `file:line:column mutator: replacement`, in the order of the places. */
export function survivorLines(mutants: readonly MutantResult[]): string[] {
  return mutants
    .filter(({ status }) => status === "Survived" || status === "NoCoverage")
    .toSorted((a, b) =>
      a.fileName === b.fileName ? placeOf(a) - placeOf(b) : a.fileName < b.fileName ? -1 : 1,
    )
    .map(({ fileName, status, mutatorName, location: { start }, replacement = "" }) => {
      const what = replacement.replaceAll(/\s+/g, " ").slice(0, 160);
      const reached = status === "NoCoverage" ? " (no test reaches it)" : "";
      return `${fileName}:${start.line}:${start.column} ${mutatorName}: ${what}${reached}`;
    });
}

/** One line of counts and the score. */
export function summaryLine(name: string, summary: MutationSummary): string {
  const { killed, timeout, survived, noCoverage, other, score } = summary;
  const rest = other === 0 ? "" : `, ${other} not run`;
  return `${name}: ${score === null ? "no mutant" : `${score} %`}; ${killed} killed, ${timeout} timed out, ${survived} survived, ${noCoverage} not reached${rest}`;
}

const placeOf = ({ location: { start } }: MutantResult): number => start.line * 10_000 + start.column;
