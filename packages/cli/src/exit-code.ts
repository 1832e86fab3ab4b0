/** Exit codes of the command line; 130 is a run that was interrupted. Only 0 may be read as "holds". */
export const EXIT = {
  holds: 0,
  refused: 1,
  usage: 2,
  invalid: 3,
  notComparable: 4,
  inconclusive: 5,
  internal: 70,
  interrupted: 130,
} as const;

/** One exit code. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Word for an exit code, as JSON results carry it. */
export function verdictWord(code: ExitCode): string {
  switch (code) {
    case EXIT.holds:
      return "done";
    case EXIT.refused:
      return "refused";
    case EXIT.invalid:
      return "invalid";
    case EXIT.notComparable:
      return "not-comparable";
    case EXIT.inconclusive:
      return "inconclusive";
    case EXIT.interrupted:
      return "interrupted";
    case EXIT.usage:
    case EXIT.internal:
      return "error";
  }
}
